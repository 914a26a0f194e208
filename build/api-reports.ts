import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel, type ExtractorMessage } from '@microsoft/api-extractor';

const ROOT = join(__dirname, '..');

/** The entries of the package, by the name of their report in docs/api. */
export const API_ENTRIES = {
  constructs: 'lib/index',
  handlers: 'handlers/index',
  'handlers-avro': 'handlers/avro/index',
  'handlers-protobuf': 'handlers/protobuf/index',
  powertools: 'handlers/powertools/index',
  local: 'local/index',
  testing: 'testing/index',
} as const;

export type ApiEntry = keyof typeof API_ENTRIES;

/**
 * Names for parts of a type that is exported as a whole: nobody has to write one down. What else a signature names has
 * to be exported by some entry.
 */
const PARTS: ReadonlySet<string> = new Set([
  'Action',
  'Alarm',
  'BatchInfo',
  'BatchOptions',
  'CommonOptions',
  'ConfigureOptions',
  'Data',
  'EffectOptions',
  'EngineServer',
  'ERROR_CODES',
  'FAULTS',
  'IdentityOptions',
  'LETTER_FORMAT',
  'LETTER_POINTER_FORMAT',
  'Metadata',
  'OneAction',
  'OpenTelemetrySpan',
  'OpenTelemetryTracer',
  'PowertoolsSingleMetric',
  'RawRecord',
  'REDRIVE_OUTCOMES',
  'SpanContext',
  'SpanOptions',
  'TransactionOptions',
  'TransactItem',
  'ValueOf',
  'Values',
]);

export interface ApiFinding {
  /** The report in docs/api is not what the types in dist give. */
  readonly differs: boolean;
  /** What a user would stumble over, such as a type that a signature names and no entry exports. */
  readonly problems: readonly string[];
}

/** Compares the report of an entry with the types in `dist`, or writes it anew. */
export function reportApi(name: ApiEntry, { write }: { readonly write: boolean }): ApiFinding {
  const temporary = join(ROOT, '.msk-once', 'api');
  mkdirSync(temporary, { recursive: true });
  const config = ExtractorConfig.prepare({
    configObject: configOf(name, temporary),
    configObjectFullPath: undefined,
    packageJsonFullPath: join(ROOT, 'package.json'),
  });
  const problems: string[] = [];
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: write,
    messageCallback: (message) => {
      if (SHOWN.has(message.logLevel) && !isAboutReport(message) && !isExported(message)) {
        problems.push(`${name}: ${message.text} (${message.messageId})`);
      }
      message.handled = true;
    },
  });
  return { differs: apiReportChanged, problems };
}

const SHOWN: ReadonlySet<string> = new Set([ExtractorLogLevel.Error, ExtractorLogLevel.Warning]);

/** Entries share types: one that another entry exports can be named. */
function isExported({ messageId, text }: ExtractorMessage): boolean {
  // Of two with one name the report calls one Name_2.
  const [, symbol = ''] = /^The symbol "(\w+?)(?:_\d+)?" needs to be exported/.exec(text) ?? [];
  return messageId === 'ae-forgotten-export' && (PARTS.has(symbol) || exportedNames().has(symbol));
}

let exported: ReadonlySet<string> | undefined;

function exportedNames(): ReadonlySet<string> {
  exported ??= new Set(
    Object.values(API_ENTRIES).flatMap((entry) => {
      const text = readFileSync(join(ROOT, 'dist', `${entry}.d.ts`), 'utf8');
      return [...text.matchAll(/\bexport (?:type )?\{([^}]+)\}/g)].flatMap(
        ([, names = '']) => names.match(/\w+(?=\s*(,|$))/g) ?? [],
      );
    }),
  );
  return exported;
}

const isAboutReport = ({ messageId }: ExtractorMessage) => messageId.startsWith('console-api-report');

function configOf(name: ApiEntry, temporary: string) {
  const off = { logLevel: ExtractorLogLevel.None };
  return {
    projectFolder: ROOT,
    mainEntryPointFilePath: join(ROOT, 'dist', `${API_ENTRIES[name]}.d.ts`),
    compiler: {
      overrideTsconfig: {
        compilerOptions: {
          target: 'es2022',
          lib: ['es2023'],
          module: 'node16',
          moduleResolution: 'node16',
          types: ['node'],
          strict: true,
          skipLibCheck: true,
        },
        files: [join(ROOT, 'dist', `${API_ENTRIES[name]}.d.ts`)],
      },
    },
    apiReport: {
      enabled: true,
      reportFileName: name,
      reportFolder: join(ROOT, 'docs', 'api'),
      reportTempFolder: temporary,
      // Its options are put together of parts.
      includeForgottenExports: name === 'handlers',
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Warning } },
      extractorMessageReporting: {
        default: { logLevel: ExtractorLogLevel.Warning },
        'ae-missing-release-tag': off,
        'ae-unresolved-link': off,
        // A name may say it all.
        'ae-undocumented': off,
      },
      // The tags of this project are those of the CDK, not TSDoc's alone.
      tsdocMessageReporting: { default: off },
    },
  };
}
