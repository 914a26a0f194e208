import { type CollectionTag, Pair, parseDocument, Scalar, type ScalarTag, YAMLMap, type YAMLSeq } from 'yaml';
import { templateInvalid } from './template-error';

// The functions that have a short form. Source: CloudFormation User Guide, intrinsic function reference.
const SHORT_FORMS: Readonly<Record<string, string>> = {
  Condition: 'Condition',
  Ref: 'Ref',
  ...Object.fromEntries(
    [
      'And',
      'Base64',
      'Cidr',
      'Equals',
      'FindInMap',
      'GetAtt',
      'GetAZs',
      'GetStackOutput',
      'If',
      'ImportValue',
      'Join',
      'Length',
      'Not',
      'Or',
      'Select',
      'Split',
      'Sub',
      'ToJsonString',
      'Transform',
    ].map((name) => [name, `Fn::${name}`]),
  ),
};

// Of YAML 1.1, which CloudFormation reads, this is what matters in templates. The rest of it would turn text into
// something else: a date without quotes, `12:30`, and `N`, the type of a number in DynamoDB.
// Source: CloudFormation User Guide, template formats; the resolver of SnakeYAML and of PyYAML.
const BOOLEANS: readonly ScalarTag[] = [
  { tag: 'tag:yaml.org,2002:bool', default: true, test: /^(?:yes|Yes|YES|on|On|ON)$/, resolve: () => true },
  { tag: 'tag:yaml.org,2002:bool', default: true, test: /^(?:no|No|NO|off|Off|OFF)$/, resolve: () => false },
];

/** `!GetAtt a.b` means `{Fn::GetAtt: a.b}`, over a list and a map as well. */
const shortForms = Object.entries(SHORT_FORMS).flatMap(([name, key]): (ScalarTag | CollectionTag)[] => [
  { tag: `!${name}`, resolve: (text: string) => ({ [key]: text }) },
  ...(['seq', 'map'] as const).map(
    (collection): CollectionTag => ({
      tag: `!${name}`,
      collection,
      resolve: (argument: YAMLMap.Parsed | YAMLSeq.Parsed) => {
        const map = new YAMLMap();
        map.items.push(new Pair(new Scalar(key), argument));
        return map;
      },
    }),
  ),
]);

/** Reads a template in YAML, its short forms (`!Ref`, `!Sub`) as the functions that they stand for. */
export function parseYaml(text: string, file: string): unknown {
  const document = parseDocument(text, { merge: true, customTags: [...BOOLEANS, ...shortForms] });
  // A tag that nobody knows would silently become the text behind it.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw notYaml(problem, file);
  try {
    // Through JSON, which is what a template is: an alias that leads back to itself fails here.
    return JSON.parse(JSON.stringify(document.toJS()));
  } catch (error) {
    throw notYaml(error as Error, file);
  }
}

/** Below the first line of a message stands an excerpt of the file. */
function notYaml(problem: Error, file: string): Error {
  const [message = ''] = problem.message.split('\n', 1);
  return templateInvalid(file, `is not a template in YAML: ${message.replace(/:$/, '.')}`, { cause: problem });
}
