/** What the alias points at through which the mapping calls the function. */
export enum FunctionVersion {
  /**
   * `$LATEST`: a deployment takes effect at once. Lambda has neither provisioned concurrency nor weights on it, and
   * CodeDeploy nothing to shift.
   */
  LATEST = 'LATEST',

  /**
   * A version that each deployment publishes when it changes the function. What CodeDeploy needs to shift traffic over
   * the processor's alias.
   */
  CURRENT = 'CURRENT',
}
