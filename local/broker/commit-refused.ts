/** The partition is not this member's any more: its owner reads again from the last commit. */
export class CommitRefused extends Error {
  override readonly name = 'CommitRefused';

  constructor(topic: string, partition: number, nextOffset: number, reason: string, options?: ErrorOptions) {
    super(
      `The commit of offset ${nextOffset} to partition ${partition} of topic ${topic} was refused: ${reason}.`,
      options,
    );
  }
}
