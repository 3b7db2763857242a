using System.Net;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Tests.Unit.Simulator.OpenAi;

/// <summary>Which keys may call which routes.</summary>
public sealed class KeyTests
{
    private static readonly DateTimeOffset Issued = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_500);

    [Theory]
    [InlineData("a1")]
    [InlineData("name with spaces/é.7")]
    [InlineData("k.1")]
    public void Mint_ThenRead_GivesNameAndTime(string name) =>
        Assert.Equal((name, 1_800_000_000.5), ApiKey.Read(ApiKey.Mint(name, Issued)));

    [Theory]
    [InlineData("sk-sim-a1", "a1")]
    [InlineData("sk-sim-a.b", "a.b")]
    [InlineData("sk-sim-", null)]
    [InlineData("sk-real", null)]
    public void Read_KeyWrittenByHand_IsItsName(string key, string? name) => Assert.Equal(name, ApiKey.Read(key)?.Account);

    [Theory]
    [InlineData("Authorization", null, null, RejectReason.MissingToken)]
    [InlineData("Authorization", "sk-sim-a1", "invalid_api_key", RejectReason.MalformedToken)]
    [InlineData("Authorization", "Bearer nonsense", "invalid_api_key", RejectReason.MalformedToken)]
    [InlineData("api-key", "sk-sim-a1", null, RejectReason.MissingToken)]
    public async Task Key_InTheWrongForm_IsRefusedWithoutAnAccount(string header, string? value, string? code, RejectReason reason)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using var response = await client.SendAsync(
            HttpMethod.Get,
            "/v1/models",
            null,
            null,
            request => request.Headers.TryAddWithoutValidation(header, value is null ? [] : [value])
        );

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_request_error", code, null), await OpenAiFaceClient.ErrorAsync(response));
        Assert.Equal(1, client.Host.Truth.Snapshot().Global.RejectedWithoutAccount[reason]);
    }

    [Fact]
    public async Task Key_RevokedOrOfDisabledOrUnknownAccount_IsRefused()
    {
        await using var client = await OpenAiFaceClient.StartAsync(new SimulatorOptions { AcceptUnknownAccounts = false });
        client.Host.Truth.ConfigureAccount("revoked", new AccountSettings { RevokeTokens = true });
        client.Host.Truth.ConfigureAccount("disabled", new AccountSettings { Disabled = true });

        var codes = new List<string?>();
        foreach (var key in (string[])["sk-sim-revoked", "sk-sim-disabled", "sk-sim-unknown"])
        {
            using var response = await client.SendAsync(
                HttpMethod.Post,
                "/v1/chat/completions",
                OpenAiFaceClient.Body("hi"),
                null,
                request => request.Headers.Add("Authorization", "Bearer " + key)
            );
            codes.Add((await OpenAiFaceClient.ErrorAsync(response)).Code);
        }

        Assert.Equal(["invalid_api_key", "account_deactivated", "invalid_api_key"], codes);
        Assert.Equal(1, client.Host.Truth.Account("revoked").Rejected[RejectReason.RevokedToken]);
        using var renewed = await client.AskAsync("hi", account: "revoked");
        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
    }

    [Theory]
    [InlineData("/openai/deployments/sim-plain/chat/completions?api-version=2024-10-21", HttpStatusCode.OK)]
    [InlineData("/openai/deployments/sim-plain/chat/completions", HttpStatusCode.NotFound)]
    public async Task Deployment_TakesItsKeyHeaderAndVersion(string path, HttpStatusCode status)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using var response = await client.SendAsync(
            HttpMethod.Post,
            path,
            """{"messages":[{"role":"user","content":"hi"}]}""",
            null,
            request => request.Headers.Add("api-key", client.Host.IssueApiKey("k1"))
        );

        Assert.Equal(status, response.StatusCode);
        if (status == HttpStatusCode.OK)
        {
            Assert.Equal(("sim-plain", path), (client.Latest.OpenAi!.Model, client.Latest.OpenAi.Path));
        }
    }

    [Fact]
    public async Task KeyHeader_OfOptions_IsTheOnlyOneThatCounts()
    {
        await using var client = await OpenAiFaceClient.StartAsync(
            new SimulatorOptions
            {
                OpenAi = new() { KeyHeader = "x-key", KeyScheme = "" },
            }
        );

        using var refused = await client.AskAsync("hi");
        using var served = await client.SendAsync(
            HttpMethod.Post,
            "/v1/chat/completions",
            OpenAiFaceClient.Body("hi"),
            null,
            request => request.Headers.Add("x-key", client.Host.IssueApiKey("k1"))
        );

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (refused.StatusCode, served.StatusCode));
    }

    [Theory]
    [InlineData("GET", "/v1/chat/completions", HttpStatusCode.MethodNotAllowed, "method_not_supported")]
    [InlineData("POST", "/openai/v1/models", HttpStatusCode.MethodNotAllowed, "method_not_supported")]
    [InlineData("GET", "/v1/nothing/here", HttpStatusCode.NotFound, null)]
    public async Task Route_ThatIsNone_IsAnErrorObject(string method, string path, HttpStatusCode status, string? code)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using var response = await client.SendAsync(new HttpMethod(method), path);

        Assert.Equal((status, "invalid_request_error", code, null), await OpenAiFaceClient.ErrorAsync(response));
        Assert.Equal(1, client.Host.Truth.Snapshot().Global.UnknownCalls);
    }

    [Fact]
    public async Task Models_OfAnAccount_AreThoseItHasWithTheirContext()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        client.Host.Truth.ConfigureAccount("k2", new AccountSettings { Models = ["sim-small", "sim-plain"] });

        var all = await client.Sdk().GetOpenAIModelClient().GetModelsAsync(OpenAiFaceClient.Deadline);
        using var some = await client.SendAsync(HttpMethod.Get, "/v1/models", account: "k2");
        using var one = await client.SendAsync(HttpMethod.Get, "/v1/models/sim-large");
        using var none = await client.SendAsync(HttpMethod.Get, "/v1/models/sim-large", account: "k2");
        using var refused = await client.AskAsync("hi", account: "k2");

        Assert.Contains("sim-embed", all.Value.Select(static model => model.Id));
        Assert.Equal(
            ["sim-small 16384", "sim-plain 0"],
            (await OpenAiFaceClient.JsonAsync(some))
                .GetProperty("data")
                .EnumerateArray()
                .Select(static model =>
                    $"{model.GetProperty("id")} {(model.TryGetProperty("max_model_len", out var tokens) ? tokens.GetInt32() : 0)}"
                )
        );
        Assert.Equal(200_000, (await OpenAiFaceClient.JsonAsync(one)).GetProperty("context_length").GetInt32());
        Assert.Equal(
            (HttpStatusCode.NotFound, "invalid_request_error", "model_not_found", "model"),
            await OpenAiFaceClient.ErrorAsync(none)
        );
        Assert.Equal(
            (HttpStatusCode.NotFound, "invalid_request_error", "model_not_found", null),
            await OpenAiFaceClient.ErrorAsync(refused)
        );
    }
}
