"""A gate as a pipeline of DVC: which stages there are, and the files that say so, written into a project's folder."""
