/** What the alias points at through which the mapping calls the function. */
export enum FunctionVersion {
  /** `$LATEST`: a deployment takes effect at once. */
  LATEST = 'LATEST',

  /**
   * A version that each deployment publishes when it changes the function. What CodeDeploy needs to shift traffic over
   * the processor's alias.
   */
  CURRENT = 'CURRENT',
}
