"""Reading what is none of its business, and changing anything at all."""

# The system calls are the attack.
# ruff: noqa: PTH101, PTH104, PTH108, PTH118, PTH208, PTH211

import os
import stat

from target import AIM, call, libc, read, secret, write


def write_workspace():
    return write(AIM["project"] + "/owned.txt")


def overwrite_workspace():
    return write(AIM["project"] + "/victim.txt", os.O_WRONLY)


def truncate_by_path():
    os.truncate(AIM["project"] + "/victim.txt", 0)
    return "truncated"


def truncate_read_only():
    os.close(os.open(AIM["project"] + "/victim.txt", os.O_RDONLY | os.O_TRUNC))
    return "opened with O_TRUNC"


def rename_workspace():
    os.rename(AIM["project"] + "/victim.txt", AIM["project"] + "/gone.txt")
    return "renamed"


def unlink_workspace():
    os.unlink(AIM["project"] + "/victim.txt")
    return "removed"


def make_folder():
    return libc("mkdir", (AIM["project"] + "/owned").encode(), 0o777) or "made"


def write_home():
    return write(AIM["home"] + "/.bashrc")


def write_site_packages():
    return write(AIM["site_packages"] + "/owned.pth")


def write_tmp():
    return write(AIM["tmp"] + "/owned")


def write_shared_memory():
    return write("/dev/shm/" + AIM["abstract"])


def write_root():
    return write("/owned-" + AIM["abstract"])


def chmod():
    os.chmod(AIM["project"] + "/victim.txt", 0o777)
    return "chmodded"


def fchmod():
    descriptor = os.open(AIM["project"] + "/victim.txt", os.O_RDONLY)
    os.fchmod(descriptor, 0o777)
    return "chmodded"


def fchmodat2():
    call("fchmodat2", -100, (AIM["project"] + "/victim.txt").encode(), 0o777, 0)
    return "chmodded"


def chown():
    os.chown(AIM["project"] + "/victim.txt", os.getuid(), os.getgid())
    return "chowned"


def utimes():
    os.utime(AIM["project"] + "/victim.txt", (1, 1))
    return "touched"


def setxattr():
    os.setxattr(AIM["project"] + "/victim.txt", "user.owned", b"1")
    return "set"


def read_ssh_key():
    return secret(read(AIM["home"] + "/.ssh/id_rsa"))


def read_cloud_credentials():
    return secret(read(AIM["home"] + "/.aws/credentials"))


def list_home():
    return str(os.listdir(AIM["home"] + "/.ssh"))


def read_shadow():
    return read("/etc/shadow") or "empty"


def read_other_users_file():
    return secret(read(AIM["elsewhere"] + "/private.txt"))


def read_by_dot_dot():
    return secret(read(AIM["project"] + "/../.ssh/id_rsa"))


def read_by_link_in_workspace():
    """A link that lies in the workspace, as a hostile repository would bring it."""
    return secret(read(AIM["project"] + "/link-to-key"))


def read_by_own_link():
    link = os.path.join(os.environ["TMPDIR"], "link")
    os.symlink(AIM["home"] + "/.ssh/id_rsa", link)
    return secret(read(link))


def read_by_hard_link():
    link = os.path.join(os.environ["TMPDIR"], "hard")
    os.link(AIM["home"] + "/.ssh/id_rsa", link)
    return secret(read(link))


def write_by_hard_link():
    link = os.path.join(os.environ["TMPDIR"], "hard")
    os.link(AIM["project"] + "/victim.txt", link)
    return write(link, os.O_WRONLY)


def read_by_proc_root():
    for pid in ("self", "1", str(os.getppid())):
        try:
            found = secret(read(f"/proc/{pid}/root{AIM['home']}/.ssh/id_rsa"))
        except OSError:
            continue
        if found:
            return found
    return None


def read_by_handle():
    """A file handle needs no path, and so passes by every check of paths."""
    import ctypes

    handle, mount = ctypes.create_string_buffer(136), ctypes.c_int()
    handle[0:4] = (128).to_bytes(4, "little")
    path = (AIM["project"] + "/victim.txt").encode()
    call("name_to_handle_at", -100, path, handle, ctypes.byref(mount), 0)
    return "got a handle"


def make_device():
    os.mknod(os.path.join(os.environ["TMPDIR"], "disk"), stat.S_IFBLK | 0o600, os.makedev(8, 0))
    return "made"


def _neighbour():
    mine = os.environ["TMPDIR"]
    number = int(mine.rpartition("-")[2])
    return [mine.rpartition("-")[0] + f"-{number + shift}" for shift in (-3, -2, -1, 1, 2)]


def read_scratch_of_another():
    found = []
    for folder in _neighbour():
        try:
            found.append(secret(read(folder + "/note.txt")))
        except OSError:
            continue
    return next(filter(None, found), None)


def write_scratch_of_another():
    for folder in _neighbour():
        try:
            return write(folder + "/owned.txt")
        except OSError:
            continue
    return None
