import type { ServerAddress } from './address';

/** Where one start of a server finds its files. */
export interface ServerPlace {
  readonly address: ServerAddress;
  /** Folder with the server's jars. */
  readonly lib: string;
  /** Folder of this start alone: configuration and data. Removed when the server ends. */
  readonly run: string;
}

/** One server that can be started: the list of them is the only thing that another server adds to. */
export interface ServerDefinition {
  /** Its folder in `local/servers/` and in `.msk-once/servers/`. */
  readonly name: string;
  readonly title: string;
  /** The environment variable that says where it is. */
  readonly variable: string;
  /** What the first start fetches, in MB. */
  readonly downloadMB: number;
  address(env: NodeJS.ProcessEnv): ServerAddress;
  /** Every port that it opens. */
  ports(address: ServerAddress): readonly number[];
  /** Whether a request is answered: an open port alone says nothing. */
  answers(address: ServerAddress): Promise<boolean>;
  /** The arguments of each Java program, in the order in which they run; the last one is the server. */
  programs(place: ServerPlace): readonly (readonly string[])[];
}

/** Small heap, no background compilers: these servers live for minutes beside the tests that use them. */
export const JAVA_OPTIONS = ['-Xmx512m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'] as const;
