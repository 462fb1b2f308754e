/** What `kubectl ark` alone prints. */
export const firstSteps = `Application-consistent backups of Kubernetes, taken from this machine.

  kubectl ark doctor -n NAMESPACE             whether a backup would work here
  kubectl ark hooks get -n NAMESPACE          which hooks its pods ask for
  kubectl ark hooks set sts/NAME --recipe …   give a workload hooks
  kubectl ark hooks check -n NAMESPACE        what is wrong with them
  kubectl ark backup -n NAMESPACE --dry-run   what a backup would run and hold
  kubectl ark backup -n NAMESPACE             take it; see: backup describe

All commands: kubectl ark --help; of one: kubectl ark hooks set --help.
`;
