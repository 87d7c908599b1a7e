"""Ctrl-C, full disks and killed processes: only complete files are left, and the message says what happened."""

import json
import os
import pty
import resource
import select
import signal
import subprocess
import time

import pyarrow.parquet as pq
import pytest

from tests.cli.commands import environment, fake, fake_process, with_fake


def start(tmp_path, jobs, **options):
    """A run of which seeds 7 and 8 end and the others never do, in a process group of its own."""
    (tmp_path / "seen").mkdir()
    command = with_fake("wait_from_nine", "run", "made-up", "--replicates", 4, "--jobs", jobs, "--out", "out")
    return subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment(FAKES_DIRECTORY=str(tmp_path / "seen")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,
    )


def wait_until(condition):
    """Wait for something that happens soon; the limit is generous, for a busy machine."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen within a minute")


def started(tmp_path, seeds):
    return {path.name.split("-")[0] for path in (tmp_path / "seen").iterdir()} >= set(seeds)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
        return file.read().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_keeps_finished_replicates_and_leaves_no_process(tmp_path, jobs):
    process = start(tmp_path, jobs)
    wait_until(lambda: started(tmp_path, ["7", "8", "9", *(["10"] if jobs == 2 else [])]))
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Stopped; 2 finished replicates were kept." in err and "Traceback" not in err
    assert "Results: out" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "seen"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["status"] == "interrupted"
    assert manifest["seeds"] == {"requested": [7, 8, 9, 10], "finished": [7, 8]}
    assert set(pq.read_table(tmp_path / "out" / "indicators.parquet").column("seed").to_pylist()) == {7, 8}
    pids = {int(path.name.split("-")[1]) for path in (tmp_path / "seen").iterdir()}
    wait_until(lambda: not any(alive(pid) for pid in pids))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_is_heeded_like_ctrl_c_also_in_the_background(tmp_path, number):
    def in_the_background():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run under nohup themselves

    process = start(tmp_path, 2, preexec_fn=in_the_background)
    wait_until(lambda: started(tmp_path, ["7", "8", "9", "10"]))
    for _ in range(2 if number == signal.SIGHUP else 1):  # a shell and the system both tell of a lost connection
        os.killpg(process.pid, number) if number == signal.SIGHUP else process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Stopped; 2 finished replicates were kept." in err and "Traceback" not in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "seen"]
    pids = {int(path.name.split("-")[1]) for path in (tmp_path / "seen").iterdir()}
    wait_until(lambda: not any(alive(pid) for pid in pids))


def test_what_is_started_with_nohup_outlives_the_connection(tmp_path):
    process = start(tmp_path, 2, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    wait_until(lambda: started(tmp_path, ["7", "8", "9", "10"]))
    os.killpg(process.pid, signal.SIGHUP)
    time.sleep(0.5)
    assert process.poll() is None
    process.terminate()
    _, err = process.communicate(timeout=60)
    assert "Stopped; 2 finished replicates were kept." in err


def test_ctrl_c_before_anything_is_finished_leaves_nothing(tmp_path):
    (tmp_path / "seen").mkdir()
    process = subprocess.Popen(
        with_fake("wait_from_nine", "run", "made-up", "--seed", 9, "--jobs", 1, "--out", "deep/out"),
        cwd=tmp_path,
        env=environment(FAKES_DIRECTORY=str(tmp_path / "seen")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: started(tmp_path, ["9"]))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "nothing was kept" in err and "Traceback" not in err and out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["seen"]


def test_a_killed_run_leaves_no_process_and_what_it_left_goes_with_the_next(tmp_path):
    process = start(tmp_path, jobs=2)
    wait_until(lambda: started(tmp_path, ["7", "8", "9", "10"]))
    process.kill()
    process.wait(timeout=60)
    process.stdout.close()
    process.stderr.close()
    pids = {int(path.name.split("-")[1]) for path in (tmp_path / "seen").iterdir()}
    wait_until(lambda: not any(alive(pid) for pid in pids))
    left = {path.name for path in tmp_path.iterdir()} - {"seen"}
    assert len(left) == 1 and left.pop().startswith(f"out.partial-{process.pid}-")
    again = fake("simulate", "run", "made-up", "--no-figures", "--jobs", 1, "--out", "out", cwd=tmp_path)
    assert f"Note: removed out.partial-{process.pid}-" in again.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"out", "seen"}


def test_a_full_disk_is_told_in_words_and_leaves_nothing(tmp_path):
    """A limit on the size of files stands for the full disk: writing fails halfway, from inside the libraries."""

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    done = subprocess.run(
        with_fake("simulate", "run", "made-up", "--jobs", 1, "--out", "out"),
        cwd=tmp_path,
        env=environment(PYTHONDONTWRITEBYTECODE="1", MPLCONFIGDIR=str(tmp_path.parent)),
        capture_output=True,
        text=True,
        preexec_fn=no_room,
    )
    assert done.returncode == 1
    assert "writing failed" in done.stderr and "nothing was kept" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def on_a_terminal(tmp_path, *arguments):
    """What a run writes to stderr when stderr is a terminal."""
    mine, its = pty.openpty()
    process = subprocess.Popen(
        with_fake("simulate", "run", "made-up", "--no-figures", "--jobs", 1, *arguments),
        cwd=tmp_path,
        env=environment(TERM="xterm"),
        stdout=subprocess.DEVNULL,
        stderr=its,
    )
    os.close(its)
    seen = b""
    while True:
        ready, _, _ = select.select([mine], [], [], 60)
        assert ready, "nothing came for a minute"
        try:
            part = os.read(mine, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    os.close(mine)
    assert process.wait(timeout=60) == 0
    return seen.decode()


def test_progress_shows_how_far_how_fast_and_how_long(tmp_path):
    seen = on_a_terminal(tmp_path, "--out", "out")
    assert "made-up" in seen and "3/3" in seen and "runs/s" in seen and "left" in seen


def test_quiet_means_no_progress(tmp_path):
    assert on_a_terminal(tmp_path, "--out", "out", "--quiet") == ""


def test_a_reader_who_leaves_early_is_no_fault(tmp_path):
    done = fake_process("simulate", "indicators", "--format", "csv", cwd=tmp_path)
    assert done.returncode == 0
    command = f"{' '.join(with_fake('simulate', 'indicators', '--format', 'csv'))} | head -1"
    piped = subprocess.run(command, shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert piped.stdout == done.stdout.splitlines()[0] + "\n"
    assert "Traceback" not in piped.stderr
