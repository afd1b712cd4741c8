"""From numbers to a decision: the policy, which test a window gets, the verdict, its severity. Start with `verdict`."""
