import { readFile } from 'node:fs/promises';
import type { KmsAction } from '@keywarden/authorization';
import { CallersByArn } from '@keywarden/identity-service';
import { DecisionExplainer, type NoSuchKey, keyActions } from '@keywarden/key-service';
import { type Region, parseRegion } from '@keywarden/kernel';
import { NodeGrantTokens } from '@keywarden/node-crypto';
import { startupStep, systemClock } from '@keywarden/runtime';
import { type Command, InvalidArgumentError } from 'commander';
import { collected, pairs } from '../arguments';
import type { Answer, Cli } from '../cli';
import { CommandRefused } from '../command-refused';
import { decisionReport } from '../explain/decision-report';
import { reportText } from '../explain/report-text';
import { requestFacts } from '../explain/request-facts';
import { withFoundation } from '../with-foundation';

interface ExplainOptions {
  readonly principal: string;
  readonly action: KmsAction;
  readonly key: string;
  readonly region?: Region;
  readonly context?: Readonly<Record<string, string>>;
  readonly grantToken?: readonly string[];
  readonly sourceIp?: string;
  readonly conditionKey?: Readonly<Record<string, string>>;
  readonly sessionPolicy?: readonly string[];
  readonly sessionTag?: Readonly<Record<string, string>>;
}

export function addPolicyCommands(root: Command, cli: Cli): void {
  root
    .command('policy')
    .description('what policies and grants amount to')
    .command('explain')
    .description('why a principal would be allowed or refused an action on a key: the statement or grant that decides')
    .requiredOption('--principal <arn>', 'a user, a role (any session of it), a session of a role, or an account root')
    .requiredOption('--action <action>', 'such as kms:Decrypt', actionArgument)
    .requiredOption('--key <key>', 'key id, key ARN, alias name or alias ARN, as the principal would name it')
    .option('--region <region>', 'default: that of the ARN given for the key, or the home Region', regionArgument)
    .option('--context <name=value...>', 'encryption context of the request', pairs)
    .option('--grant-token <token...>', 'grant tokens of the request', collected)
    .option('--source-ip <address>', 'where the request comes from')
    .option('--condition-key <name=value...>', 'what else the request says, by the condition key that asks', pairs)
    .option('--session-policy <file...>', 'session policies of the session of a role', collected)
    .option('--session-tag <name=value...>', 'tags of the session of a role', pairs)
    .addHelpText('after', examples)
    .action(cli.answers((options: ExplainOptions) => explain(options, cli)));
}

async function explain(options: ExplainOptions, { environment }: Cli): Promise<Answer> {
  const { principal, action, key: keyId, context = {}, conditionKey: conditionKeys = {}, sourceIp } = options;
  const facts = requestFacts(action, { context, conditionKeys });
  const policies = options.sessionPolicy && (await Promise.all(options.sessionPolicy.map(readPolicy)));
  const tags = Object.entries(options.sessionTag ?? {}).map(([key, value]) => ({ key, value }));
  return withFoundation(environment, async ({ store, domainKeys }, configuration) => {
    const now = systemClock.now();
    const callers = new CallersByArn(store.identity, store.principals);
    const described = await callers.find(principal, now, { ...(policies && { policies }), tags });
    if (described === undefined) throw new CommandRefused(`there is no principal ${principal}`);
    const { keys, aliases, grants } = store;
    const explainer = new DecisionExplainer({ keys, aliases, grants, tokens: new NodeGrantTokens(domainKeys) });
    const region = options.region ?? parseRegion(keyId.split(':')[3] ?? '') ?? configuration.regions[0];
    const secureTransport = configuration.tls !== undefined;
    const explained = await explainer.explain({
      caller: described.caller,
      action,
      keyId,
      origin: { region, now, sourceIp, secureTransport, userAgent: undefined },
      facts,
      grantTokens: options.grantToken ?? [],
    });
    if (!explained.ok) throw new CommandRefused(inWords(explained.refusal));
    const report = decisionReport(described, action, explained.value);
    return { json: report, text: reportText(report) };
  });
}

function readPolicy(path: string): Promise<string> {
  return startupStep(`the session policy ${path} cannot be read`, () => readFile(path, 'utf8'));
}

function inWords(refusal: NoSuchKey): string {
  switch (refusal.code) {
    case 'KeyNotFound':
      return `there is no key ${refusal.keyArn}; name a key of another account by its ARN`;
    case 'AliasNotFound':
      return `there is no alias ${refusal.aliasArn}; name one of another account by its ARN`;
    case 'ArnOfAnotherRegion':
      return `the key is in ${refusal.region}, the request is not`;
    case 'ArnMalformed':
    case 'KeyReferenceMalformed':
      return `${refusal.given} names no key`;
    case 'ArnKeyIdMalformed':
      return `${refusal.keyId} is no key id`;
  }
}

function actionArgument(text: string): KmsAction {
  const action = [...keyActions.keys()].find((known) => known.toLowerCase() === text.toLowerCase());
  if (action === undefined) throw new InvalidArgumentError('Not an action on a key, such as kms:Decrypt.');
  return action;
}

function regionArgument(text: string): Region {
  const region = parseRegion(text);
  if (region === undefined) throw new InvalidArgumentError('Not a Region, such as eu-central-1.');
  return region;
}

const examples = `
It decides by the code that decides about requests, on what is stored now, and changes nothing. A refusal that is
explained is no failure of the command: look at "decision" in the JSON.

Examples:
  $ keywarden policy explain --principal arn:aws:iam::111122223333:user/alice --action kms:Decrypt \\
      --key alias/workshop --context tenant=7
  $ keywarden policy explain --principal arn:aws:iam::111122223333:role/app --action kms:Sign \\
      --key 1234abcd-12ab-34cd-56ef-1234567890ab --condition-key kms:SigningAlgorithm=ECDSA_SHA_256 --json`;
