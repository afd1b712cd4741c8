"""The one thing that pyproject.toml cannot say yet: the pixel kernel."""

from setuptools import Extension, setup

# Optional: without a compiler the numpy code in pixels/reference.py gives the same numbers, slower.
kernel = Extension(
    "lookoutcv.pixels._kernel",
    sources=["src/lookoutcv/pixels/_kernel.c"],
    depends=[f"src/lookoutcv/pixels/_{name}.h" for name in ("hash", "layout", "reduced", "rows", "strongest", "tiles")],
    extra_compile_args=["-O3"],
    py_limited_api=True,
    optional=True,
)
setup(ext_modules=[kernel], options={"bdist_wheel": {"py_limited_api": "cp311"}})
