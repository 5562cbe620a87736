import { expect, it } from 'vitest';
import { signatureHeaders } from '#src/destination/stage/s3/sign.js';

// Examples of docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html.
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const at = new Date('2013-05-24T00:00:00Z');

it.each([
  [
    'the list of a bucket',
    [
      ['max-keys', '2'],
      ['prefix', 'J'],
    ] as const,
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
  [
    'its lifecycle',
    [['lifecycle', '']] as const,
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
])('signs as AWS does: %s', (_, query, signature) => {
  const request = {
    method: 'GET',
    host: 'examplebucket.s3.amazonaws.com',
    path: '/',
    query,
    bodyHash: EMPTY,
  };
  expect(signatureHeaders(request, credentials, 'us-east-1', at)).toEqual({
    host: request.host,
    'x-amz-content-sha256': EMPTY,
    'x-amz-date': '20130524T000000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=${signature}`,
  });
});
