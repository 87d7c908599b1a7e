"""``klyngesim schema``: the JSON Schema of scenario files."""


def schema() -> None:
    """Print the JSON Schema.

    An editor completes and checks scenario files with it.
    """
    import json

    from klyngesim.scenario.schema import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False, allow_nan=False))
