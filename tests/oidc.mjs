// An OpenID provider for the tests of the hub: oidc-provider, with RS256 and its pages for development. What it says is
// its own, unless a test tells it to lie to the client "another" (/test/lie) or to sign with another key (/test/rotate).
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, directory] = process.argv.slice(2);
const { default: Provider } = await import(
  pathToFileURL(join(modules, 'node_modules/oidc-provider/lib/index.js')).href
);

const people = {
  bea: { email: 'bea@example.org', email_verified: true, groups: ['editors'] },
  carl: { email: 'carl@example.org', email_verified: false, groups: [] },
};
// Characters that the two sides have to escape alike.
const secret = 's3cret: 100% of+the/client';
const client = (id) => ({
  client_id: id,
  client_secret: secret,
  redirect_uris: ['https://hub.example:8443/sign-in/oidc/callback'],
  response_types: ['code'],
  grant_types: ['authorization_code'],
  id_token_signed_response_alg: 'RS256',
});

let number = 0;
const key = () => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid: `key-${(number += 1)}`,
  alg: 'RS256',
  use: 'sig',
});
const stranger = key();
let keys = [key()];
let lie;

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const read = (text) => JSON.parse(Buffer.from(text, 'base64url'));

// The same token with other claims, or by the key of somebody else; signed well.
function forge(token) {
  const [head, claims] = token.split('.').slice(0, 2).map(read);
  const { key: whose, ...others } = lie;
  const signed = `${part(head)}.${part({ ...claims, ...others })}`;
  const by = createPrivateKey({ key: whose === 'stranger' ? stranger : keys[0], format: 'jwk' });
  return `${signed}.${sign('sha256', Buffer.from(signed), by).toString('base64url')}`;
}

function provider(issuer) {
  const provider = new Provider(issuer, {
    clients: [client('signage'), client('another')],
    jwks: { keys },
    cookies: { keys: ['of the tests'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['groups'] },
    // As the standard wants it: the ID token of a code holds no more than who it is, the rest is asked for.
    conformIdTokenClaims: true,
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people[id] }) }),
  });
  provider.use(async (context, next) => {
    await next();
    const to = context.oidc?.client?.clientId;
    if (lie && to === 'another' && context.body?.id_token) context.body.id_token = forge(context.body.id_token);
  });
  return provider.callback();
}

let handle;
let issuer;
const own = {
  '/test/rotate': () => {
    keys = [key()];
    handle = provider(issuer);
  },
  '/test/lie': (url) => {
    lie = url.searchParams.has('claims') ? JSON.parse(url.searchParams.get('claims')) : undefined;
  },
};
const file = (name) => readFileSync(join(directory, name));
const server = createServer({ key: file('localhost.key'), cert: file('localhost.pem') }, (request, response) => {
  const url = new URL(request.url, issuer);
  const told = own[url.pathname];
  if (!told) return handle(request, response);
  told(url);
  return response.end();
});
server.listen(0, '127.0.0.1', () => {
  issuer = `https://localhost:${server.address().port}`;
  handle = provider(issuer);
  const text = JSON.stringify({ issuer, secret, ca: file('ca.pem').toString() });
  writeFileSync(join(directory, 'part'), text);
  renameSync(join(directory, 'part'), join(directory, 'server.json'));
});
