// An OpenID Connect provider on a free port of this machine. Anybody signs in with any password; groups are those of PERSONS. Writes its address as a line of
// JSON, reads the gateway's redirect addresses as one, and ends with its input.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Provider } from "oidc-provider";

const persons = JSON.parse(process.env.PERSONS);
const server = createServer();
const lines = createInterface({ input: process.stdin });
lines.on("close", () => process.exit(0));
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  lines.once("line", (line) => {
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: "gateway",
          client_secret: process.env.CLIENT_SECRET,
          redirect_uris: JSON.parse(line),
          response_types: ["code"],
          grant_types: ["authorization_code"],
        },
      ],
      claims: { openid: ["sub"], profile: ["name", "groups"] },
      cookies: { keys: ["only for this test"] },
      pkce: { required: () => true },
      findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({ sub: id, name: persons[id]?.name, groups: persons[id]?.groups ?? [] }),
      }),
    });
    server.on("request", provider.callback());
    console.log(JSON.stringify({ ready: true }));
  });
  console.log(JSON.stringify({ issuer }));
});
