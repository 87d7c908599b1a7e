import subprocess
import sys


def test_reading_scenarios_needs_no_heavy_library():
    code = (
        "import sys, klyngesim.scenario.loading, klyngesim.scenario.parameters, klyngesim.scenario.levers\n"
        "import klyngesim.scenario.schema\n"
        "heavy = {'numpy', 'pandas', 'mesa', 'pydantic', 'scipy', 'typer', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
    code = "import sys, klyngesim.scenario.parameters; print('yaml' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
