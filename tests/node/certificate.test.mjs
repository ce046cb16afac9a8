// Checks the certificate in the folder LINTAN_CERTIFICATE with published software. The loader serves the files of that folder
// and the context of W3C that a package ships; whoever asks for anything else is refused, so nothing can come from a network.
import assert from 'node:assert/strict';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {named as w3cContexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import * as jose from 'jose';
import jsonld from 'jsonld';

const folder = process.env.LINTAN_CERTIFICATE;
assert.ok(folder, 'LINTAN_CERTIFICATE names the folder with the files to check: run `make test-node`');

const textOf = name => readFileSync(join(folder, name), 'utf8');
const jsonOf = name => JSON.parse(textOf(name));
const there = name => existsSync(join(folder, name));
const credential = jsonOf('credential.json');
const issuer = jsonOf('did.json');

function loaderOf({did = issuer, status = jsonOf('status.json')} = {}) {
  const known = new Map([[did.id, did], [status.id, status]]);
  for(const method of did.verificationMethod) {
    known.set(method.id, {'@context': 'https://w3id.org/security/multikey/v1', ...method});
  }
  for(const {id, context} of w3cContexts.values()) {
    known.set(id, context);
  }
  if(there('context.json')) {
    known.set(credential['@context'][1], jsonOf('context.json'));
  }
  return async url => {
    assert.ok(known.has(url), `nothing here is fetched, and ${url} was not brought along`);
    return {documentUrl: url, document: structuredClone(known.get(url)), tag: 'static'};
  };
}

async function verified(document, {loader = loaderOf()} = {}) {
  const suite = new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()});
  const result = await vc.verifyCredential({
    credential: structuredClone(document), suite, documentLoader: loader, checkStatus,
  });
  const bits = result.statusResult?.results?.map(({status}) => status) ?? [];
  return {verified: result.verified, revoked: bits.includes(true), error: result.error};
}

const messages = error => [error?.message, ...(error?.errors ?? []).map(each => each.message)].join('; ');

test('@digitalbazaar/vc accepts the proof and the status list', async () => {
  const result = await verified(credential);
  assert.equal(result.verified, true, messages(result.error));
  assert.equal(result.revoked, false);
});

test('@digitalbazaar/vc refuses an edited name', async () => {
  const result = await verified({...credential, name: credential.name + '。'});
  assert.equal(result.verified, false);
  assert.match(messages(result.error), /Invalid signature/);
});

test('@digitalbazaar/vc refuses the signature when a forger brings another did.json', async () => {
  const forged = structuredClone(issuer);
  const key = await Ed25519Multikey.generate();
  for(const method of forged.verificationMethod.filter(({type}) => type === 'Multikey')) {
    method.publicKeyMultibase = key.publicKeyMultibase;
  }
  const result = await verified(credential, {loader: loaderOf({did: forged})});
  assert.equal(result.verified, false);
  assert.match(messages(result.error), /Invalid signature/);
});

test('@digitalbazaar/vc refuses a key that left assertionMethod', async () => {
  const result = await verified(credential, {loader: loaderOf({did: {...issuer, assertionMethod: []}})});
  assert.equal(result.verified, false);
  assert.match(messages(result.error), /not authorized/);
});

test('@digitalbazaar/vc-bitstring-status-list sees a revocation', {skip: !there('revoked.json') && 'none here'}, async () => {
  const result = await verified(credential, {loader: loaderOf({status: jsonOf('revoked.json')})});
  assert.equal(result.revoked, true, messages(result.error));
});

test('jsonld knows every term (safe mode)', {skip: !there('context.json') && 'no context here'}, async () => {
  const expanded = await jsonld.expand(credential, {documentLoader: loaderOf(), safe: true, base: null});
  assert.equal(expanded.length, 1);
  await assert.rejects(
    jsonld.expand({...credential, unheardOf: 1}, {documentLoader: loaderOf(), safe: true, base: null}), /Safe mode/);
});

test('jose accepts the JWT, and that it says the same', {skip: !there('credential.jwt') && 'no JWT here'}, async () => {
  const token = textOf('credential.jwt').trim();
  const methodOf = ({kid}) => issuer.verificationMethod.find(({id}) => id === kid && issuer.assertionMethod.includes(id));
  const options = {algorithms: ['EdDSA', 'Ed25519'], typ: 'vc+jwt', issuer: issuer.id};
  const {payload, protectedHeader} = await jose.jwtVerify(
    token, async header => jose.importJWK(methodOf(header).publicKeyJwk, header.alg), options);
  const {proof: _, ...content} = credential;
  assert.deepEqual(payload, {...content, iss: issuer.id});
  assert.equal(protectedHeader.cty, 'vc');

  const {publicKey} = await jose.generateKeyPair('Ed25519');
  await assert.rejects(jose.jwtVerify(token, publicKey, options), /signature verification failed/);
});
