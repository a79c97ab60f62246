"""numpy, fetched with the first array: it takes 8 MiB of every process, and most processes never read a market file.

The only place that imports it.
"""

from typing import TYPE_CHECKING, Any

__all__ = ["Block", "Days", "Flags", "Places", "Raw", "Whole", "np"]

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Block = NDArray[np.uint8]
    Flags = NDArray[np.bool_]
    Whole = NDArray[np.int64]
    Places = NDArray[np.integer[Any]]
    Raw = NDArray[np.bytes_]
    Days = NDArray[np.datetime64]
else:
    Block = Days = Flags = Places = Whole = Raw = Any

    class _Numpy:
        """Each name is kept here once it was asked for: from then on it costs what a module's name costs."""

        def __getattr__(self, name: str) -> Any:
            import numpy

            setattr(self, name, found := getattr(numpy, name))
            return found

    np = _Numpy()
