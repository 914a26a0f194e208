import type { BucketPlace } from '../../handlers/dead-letters/place';
import { awsError, reasonOf } from './aws-errors';
import type { Copy, LetterStore, NotRemoved, Page, StoredLetter, Unreadable } from './letter-store';
import type { ListedObject, Objects } from './objects';
import { type Document, readDocument, unreadableObject } from './read-document';

interface ObjectCopy extends Copy {
  readonly key: string;
}

/** Read together, at most: letters are in memory until they are redriven. */
const OBJECTS_TOGETHER = 50;
const BYTES_TOGETHER = 32 * 1024 * 1024;

/** The letters below a prefix of a bucket, in the order of their keys. */
export class BucketLetters implements LetterStore {
  readonly name: string;
  readonly expected = undefined;
  readonly hasMore = false;
  readonly #place: BucketPlace;
  readonly #objects: Objects;
  #listed: ListedObject[] = [];
  #from: string | undefined;
  #isListed = false;

  constructor(place: BucketPlace, objects: Objects) {
    this.#place = place;
    this.#objects = objects;
    this.name = `s3://${place.bucket}${place.prefix === '' ? '' : `/${place.prefix}`}`;
  }

  async next(): Promise<Page | undefined> {
    while (this.#listed.length === 0) {
      if (this.#isListed) return undefined;
      await this.#list();
    }
    const objects = this.#take();
    const documents = await Promise.all(objects.map(({ key }) => this.#read(key)));
    const letters: StoredLetter[] = [];
    const unreadable: Unreadable[] = [];
    for (const { key, document } of documents) {
      const copy: ObjectCopy = { at: this.#at(key), key };
      if (document?.kind === 'letter') letters.push({ letter: document.letter, copy });
      else if (document?.kind === 'pointer') unreadable.push({ copy, reason: 'it is the pointer to a letter' });
      else if (document) unreadable.push({ copy, reason: document.reason, ...(document.later && { later: true }) });
    }
    return { letters, unreadable };
  }

  async remove(copies: readonly Copy[]): Promise<readonly NotRemoved[]> {
    const left: NotRemoved[] = [];
    await Promise.all(
      copies.map((copy) =>
        this.#objects.remove(this.#place.bucket, (copy as ObjectCopy).key).catch((error: unknown) => {
          left.push({ copy, reason: reasonOf(error) });
        }),
      ),
    );
    return left;
  }

  close(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  async #list(): Promise<void> {
    const { bucket, prefix } = this.#place;
    const page = await this.#objects
      .list(bucket, prefix === '' ? '' : `${prefix}/`, this.#from)
      .catch((error: unknown) => {
        throw awsError(error, `list ${this.name}`);
      });
    this.#listed = [...page.objects];
    this.#from = page.next;
    this.#isListed = page.next === undefined;
  }

  #take(): ListedObject[] {
    let bytes = 0;
    const fits = this.#listed.findIndex((object, index) => {
      bytes += object.bytes;
      return index > 0 && (index === OBJECTS_TOGETHER || bytes > BYTES_TOGETHER);
    });
    return this.#listed.splice(0, fits < 0 ? this.#listed.length : fits);
  }

  /** One that was deleted since it was listed is none. */
  async #read(key: string): Promise<{ readonly key: string; readonly document: Document | undefined }> {
    try {
      const body = await this.#objects.get(this.#place.bucket, key);
      return { key, document: body === undefined ? undefined : readDocument(body) };
    } catch (error) {
      return { key, document: unreadableObject(this.#at(key), error) };
    }
  }

  #at(key: string): string {
    return `s3://${this.#place.bucket}/${key}`;
  }
}
