/** Whether kubectl asks what may come next, in cobra's words; `__completeNoDesc` wants no descriptions. */
export function isCompletionRequest([first]: readonly string[]): boolean {
  return first === "__complete" || first === "__completeNoDesc";
}
