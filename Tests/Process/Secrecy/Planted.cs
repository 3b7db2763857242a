using System.Text.Json.Nodes;
using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Tests.Process.Secrecy;

/// <summary>Texts that a run must not disclose: secrets, which may be nowhere, and texts of users, which only the users' records may hold.</summary>
internal static class Planted
{
    public const string MasterKey = "sk-planted-master-5d1e8a7c40f2";
    public const string AdminKey = "sk-planted-admin-9b3f6e2d71c8";
    public const string WrongKey = "sk-planted-wrong-3a7c5e9f1b2d-and-quite-long-so-that-masking-shows";
    public const string KeyInQuery = "sk-planted-query-8e2f4a6c0d1b";
    public const string Password = "planted+password/of=users";
    public const string RedisPassword = "planted-redis-password-77aa";
    public const string DeviceId = "planted-device-id-42f";
    public const string HeaderValue = "planted-operator-header-61c";
    public const string BadToken = "planted-token-that-is-no-jwt-0c9d8e7f6a5b";
    public const string TokenInBrokenFile = "planted-token-in-a-broken-file-1f2e3d4c";
    public const string AddedToken = "planted-token-that-is-added-4d5e6f7a8b9c";
    public const string ReplacedToken = "planted-token-that-replaces-it-0a1b2c3d";
    public const string AddedDevice = "planted-device-that-is-added-9z8y";
    public const string AddedHeader = "planted-header-that-is-added-7x6w";
    public const string IdempotencyKey = "planted idempotency key of a client";

    public const string Prompt = "zebrafinch-prompt-marker";
    public const string Field = "kingfisher-field-marker";
    public const string Choice = "goldcrest-choice-marker";
    public const string StoredPrompt = "nightjar-stored-marker";
    public const string ConversationId = "planted-conversation-name";

    /// <summary>The account that serves; its name must be in every output, which shows that the output is the right one to scan.</summary>
    public const string CanaryAccount = "canary-account";

    /// <summary>A model that does not exist; the error names it.</summary>
    public const string CanaryModel = "canary-model";

    /// <summary>Names of texts begin with this.</summary>
    public const string Texts = "text";

    /// <summary>Names of texts that an error repeats to the client begin with this: the client sent a value that is not allowed.</summary>
    public const string EchoedTexts = "text echoed";

    /// <summary>Names of texts of stored conversations begin with this.</summary>
    public const string StoredTexts = "text stored";

    /// <summary>A scanner for all of these texts except the accounts' tokens, which <see cref="AccountsFile"/> adds.</summary>
    public static SecretScanner NewScanner() =>
        new SecretScanner()
            .Plant("master key", MasterKey)
            .Plant("admin key", AdminKey)
            .Plant("wrong key", WrongKey)
            .Plant("key in a query", KeyInQuery)
            .Plant("password", Password)
            .Plant("Redis password", RedisPassword)
            .Plant("device id", DeviceId)
            .Plant("operator's header", HeaderValue)
            .Plant("token that is no JWT", BadToken)
            .Plant("token in a broken file", TokenInBrokenFile)
            .Plant("added token", AddedToken)
            .Plant("token that replaces it", ReplacedToken)
            .Plant("added device id", AddedDevice)
            .Plant("added header", AddedHeader)
            .Plant("idempotency key", IdempotencyKey)
            .Plant("text of a prompt", Prompt)
            .Plant("text of a field", Field)
            .Plant("text echoed of a choice", Choice)
            .Plant("text stored in a conversation", StoredPrompt);

    /// <summary>Three accounts, one of them with an invalid token.</summary>
    public static string AccountsFile(SimulatorHost simulator, SecretScanner scanner)
    {
        var token = simulator.IssueToken(CanaryAccount);
        // The header and the fake signature are the same for all tokens; the claims are the secret part here.
        scanner.Plant("account's token", token).Plant("account's token, its claims", token.Split('.')[1]);
        return new JsonObject
        {
            ["accounts"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = CanaryAccount,
                    ["bearerToken"] = token,
                    ["deviceId"] = DeviceId,
                    ["weight"] = 3,
                    ["headers"] = new JsonObject { ["x-operator"] = HeaderValue },
                    ["limits"] = new JsonObject { ["requestsPerDay"] = 10_000 },
                },
                new JsonObject { ["name"] = "bad", ["bearerToken"] = BadToken }
            ),
        }.ToJsonString();
    }
}
