/** Why bytes are not what they should be, in words that hold nothing of them. A codec makes a record's error of it. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}
