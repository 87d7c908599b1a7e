"""The documentation as pages: Markdown as it stands in the repository, tutorials run, the API from its docstrings.

``make site`` builds it; nothing is fetched, and the pages open from disk.
"""

from importlib.metadata import version as version_of

project = "klyngesim"
author = "The klyngesim authors"
version = release = version_of("klyngesim")
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
root_doc = "docs/site/index"
include_patterns = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/*.md",
    "docs/**/*.md",
    "docs/tutorials/*.ipynb",
    "examples/README.md",
    "tests/README.md",
    "benchmarks/README.md",
]
exclude_patterns = ["build/**", ".venv*/**", "runs/**"]

# Headings can be linked to as on the pages of a repository.
myst_heading_anchors = 4
myst_enable_extensions = ["dollarmath"]
# Tutorials are run here, in a folder of their own; a fault in one stops the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_execution_timeout = 600
# Warnings name paths of the machine that builds; a reader who runs a tutorial sees them.
nb_output_stderr = "remove"

autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_google_docstring = True

html_theme = "furo"
html_title = f"klyngesim {version}"
html_show_sphinx = False
html_copy_source = False
# Whoever opens the folder finds the first page.
html_extra_path = ["front"]
