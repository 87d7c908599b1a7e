"""Many runs (kørsler), made once and kept: jobs, executors, the store, and directories that appear whole."""
