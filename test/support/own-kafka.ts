import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { plainBroker } from '../../local/broker/broker-config';
import { kafkaAnswers } from '../../local/broker/kafka-answers';
import { findJava } from '../../local/servers/executable';
import { resolveJars } from '../../local/servers/jars';
import { KAFKA } from '../../local/servers/kafka-server';
import { serverFiles } from '../../local/servers/package-root';
import { defaultStateDirectory } from '../../local/servers/servers';
import { freePorts } from './free-ports';

export interface OwnKafkaOptions {
  /** Further listeners, on the ports behind the controller's. */
  readonly listeners?: readonly { readonly name: string; readonly protocol: string }[];
  /** Further properties of the broker. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Further arguments of the program that formats its storage. */
  readonly format?: readonly string[];
}

/** An Apache Kafka of one test: it can be killed and started again on the same data and ports. */
export class OwnKafka {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'msk-once-own-kafka-'));
  #server: ChildProcess | undefined;
  #arguments: readonly string[] = [];

  static async start(options: OwnKafkaOptions = {}): Promise<OwnKafka> {
    const { listeners = [], properties = {}, format = [] } = options;
    const kafka = new OwnKafka(await freePorts(2 + listeners.length));
    const lib = await resolveJars(KAFKA, {
      env: process.env,
      directory: path.join(defaultStateDirectory(), 'servers', KAFKA.name),
      report: () => {},
      signal: new AbortController().signal,
    });
    const place = { address: KAFKA.address({ [KAFKA.variable]: kafka.address }), lib, run: kafka.directory };
    const [formatting = [], serving = []] = KAFKA.programs(place);
    kafka.#configure(listeners, properties);
    const { status, stdout, stderr } = spawnSync(findJava(process.env), [...formatting, ...format], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`Kafka's storage was not formatted: ${stdout}${stderr}`);
    kafka.#arguments = serving;
    await kafka.start();
    return kafka;
  }

  private constructor(private readonly port: number) {}

  /** Of the listener that asks for nothing. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Of a further listener, by its place in the list. */
  addressOf(listener: number): string {
    return `127.0.0.1:${this.port + 2 + listener}`;
  }

  async start(): Promise<void> {
    // Under a keeper, as the servers of the project are: a test that is killed leaves no broker behind.
    this.#server = spawn(process.execPath, [serverFiles('keeper.cjs'), '', findJava(process.env), ...this.#arguments], {
      cwd: this.directory,
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    while (!(await kafkaAnswers(plainBroker(this.address), 1_000))) {
      if (this.#server.exitCode !== null) throw new Error(`Kafka ended with exit code ${this.#server.exitCode}.`);
    }
  }

  /** SIGKILL, for the keeper too. */
  async kill(): Promise<void> {
    const server = this.#server;
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    process.kill(-server.pid, 'SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  #configure(listeners: NonNullable<OwnKafkaOptions['listeners']>, properties: Readonly<Record<string, string>>): void {
    const file = path.join(this.directory, 'server.properties');
    const values = new Map<string, string>();
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [, name, value] = /^([^#=]+)=(.*)$/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) values.set(name, value);
    }
    const added = (property: string, entries: readonly string[]) =>
      `${property}=${[values.get(property), ...entries].join(',')}\n`;
    const addresses = listeners.map(({ name }, index) => `${name}://${this.addressOf(index)}`);
    const protocols = listeners.map(({ name, protocol }) => `${name}:${protocol}`);
    // Of a property that stands twice the later one counts.
    appendFileSync(file, `\n${added('listeners', addresses)}${added('advertised.listeners', addresses)}`);
    appendFileSync(file, added('listener.security.protocol.map', protocols));
    for (const [name, value] of Object.entries(properties)) appendFileSync(file, `${name}=${value}\n`);
  }
}
