"""Many notebooks at a time: dask workers here, or wherever a scheduler has them.

A worker gets data and gives data; the gradebook stays with the driver. A worker
that dies is replaced, and what it was running is run again.
"""

from collections.abc import Callable, Iterator

from course_utils.classroom.executing import execute_one, not_run

DEATHS = 3  # how many workers one notebook may take with it


def on_dask(workers: int = 2, scheduler: str | None = None) -> Callable:
    """Return an executor of tasks: on ``workers`` processes, or on a scheduler.

    Args:
        workers: processes on this machine, where no scheduler is named.
        scheduler: an address such as ``tcp://10.0.0.5:8786``. Its workers need the
            course and bubblewrap, and trust whoever can reach the scheduler.
    """

    def run(tasks: list[dict]) -> Iterator[tuple[int, dict]]:
        if not tasks:  # starting a cluster takes seconds
            return
        import dask
        from dask.distributed import Client, LocalCluster

        settings = {
            "distributed.scheduler.allowed-failures": DEATHS,
            "distributed.logging.distributed": "error",
            "distributed.worker.daemon": False,
        }
        with dask.config.set(settings):
            if scheduler:
                with Client(scheduler) as client:
                    yield from _submit(client, tasks)
                return
            with (
                LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address=None,
                    memory_limit=0,
                ) as cluster,
                Client(cluster) as client,
            ):
                yield from _submit(client, tasks)

    return run


def _submit(client, tasks: list[dict]) -> Iterator[tuple[int, dict]]:
    from dask.distributed import as_completed

    futures = {
        client.submit(execute_one, task, pure=False): number
        for number, task in enumerate(tasks)
    }
    for future in as_completed(futures):
        number = futures[future]
        try:
            answer = future.result()
        except Exception as error:
            why = f"SandboxFailed: its workers died ({type(error).__name__})"
            answer = not_run(tasks[number], why)
        future.release()  # or a dying worker would take finished results with it
        yield number, answer
