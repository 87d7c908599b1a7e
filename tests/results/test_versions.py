"""Which checkout a result came from."""

import subprocess

import pytest

from klyngesim.results.versions import git_state


def git(folder, *arguments):
    identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path):
    package = tmp_path / "src" / "klyngesim"
    package.mkdir(parents=True)
    (package / "model.py").write_text("x = 1\n")
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    return tmp_path


def test_a_clean_checkout_has_a_commit(checkout):
    state = git_state(checkout / "src" / "klyngesim")
    assert state is not None and state["dirty"] is False
    assert len(state["commit"]) == 40


def test_changed_and_new_files_are_dirty(checkout):
    package = checkout / "src" / "klyngesim"
    (package / "model.py").write_text("x = 2\n")
    assert git_state(package)["dirty"] is True
    git(checkout, "checkout", "--", ".")
    assert git_state(package)["dirty"] is False
    (package / "new.py").write_text("")
    assert git_state(package)["dirty"] is True


def test_a_repository_without_commits_has_none(tmp_path):
    (tmp_path / "src" / "klyngesim").mkdir(parents=True)
    git(tmp_path, "init")
    assert git_state(tmp_path / "src" / "klyngesim") == {"commit": None, "dirty": False}


def test_an_installed_package_is_not_of_the_checkout_around_it(checkout):
    installed = checkout / ".venv" / "lib" / "site-packages" / "klyngesim"
    installed.mkdir(parents=True)
    assert git_state(installed) is None


def test_without_git_there_is_no_state(checkout, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert git_state(checkout / "src" / "klyngesim") is None
