using System.Net;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Simulator.OpenAi;

/// <summary>Limits, their headers, and faults for chosen keys, models, prompts or everybody.</summary>
public sealed class LimitAndFaultTests
{
    [Fact]
    public async Task Limits_OfAKey_AreCountedByRequestsTokensAndConcurrency()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        client.Host.Truth.ConfigureAccount(
            "k1",
            new AccountSettings
            {
                Limits = new AccountLimits
                {
                    RequestsPerMinute = 2,
                    TokensPerMinute = 6,
                    MaxConcurrent = 1,
                },
            }
        );

        using var stalled = await client.AskAsync("a [[sim: fault=stall-after:1]]", "\"stream\":true");
        (await client.AskAsync("a b")).Dispose();
        (await client.AskAsync("a")).Dispose();

        Assert.Equal(
            new Dictionary<LimitKind, long>
            {
                [LimitKind.RequestsPerMinute] = 1,
                [LimitKind.TokensPerMinute] = 2,
                [LimitKind.Concurrent] = 2,
            },
            client.Truth.Violations
        );
    }

    [Fact]
    public async Task Limit_Enforced_AnswersWithHeadersAndRetryAfter()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        await using var client = await OpenAiFaceClient.StartAsync(
            new SimulatorOptions
            {
                LimitMode = LimitMode.Enforce,
                RetryAfterOnLimit = true,
                TimeProvider = clock,
                DefaultLimits = new AccountLimits { RequestsPerMinute = 1, TokensPerMinute = 50 },
                Behaviour = new BehaviourSettings { OpenAi = new() { RateHeaders = true } },
            }
        );

        using var first = await client.AskAsync("one two");
        clock.Advance(TimeSpan.FromSeconds(15));
        using var second = await client.AskAsync("one");
        using var large = await client.AskAsync(string.Join(' ', Enumerable.Repeat("x", 51)));

        Assert.Equal(["1", "0", "1m0s"], Rates(first, "requests"));
        Assert.Equal(["50", "48", "1m0s"], Rates(first, "tokens"));
        Assert.Equal(["1", "0", "45s"], Rates(second, "requests"));
        Assert.Equal(TimeSpan.FromSeconds(45), second.Headers.RetryAfter!.Delta);
        Assert.Equal(((HttpStatusCode)429, "requests", "rate_limit_exceeded", null), await OpenAiFaceClient.ErrorAsync(second));
        Assert.Equal(((HttpStatusCode)429, "tokens", "rate_limit_exceeded", null), await OpenAiFaceClient.ErrorAsync(large));
        Assert.Equal((1, 2), (client.Truth.Accepted, client.Truth.Rejected[RejectReason.Limit]));
    }

    [Fact]
    public async Task Headers_OfSettings_ReplaceTrueOnes()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        var headers = new Dictionary<string, string> { ["x-ratelimit-remaining-requests"] = "7", ["x-vendor"] = "v" };
        client.Host.Truth.SetBehaviour(
            new BehaviourSettings
            {
                OpenAi = new() { Headers = headers, RateHeaders = true },
            }
        );

        using var whole = await client.AskAsync("hi");
        using var stream = await client.AskAsync("hi", "\"stream\":true");

        foreach (var response in (HttpResponseMessage[])[whole, stream])
        {
            Assert.Equal(["7", "v"], headers.Keys.Select(name => response.Headers.GetValues(name).Single()));
            Assert.StartsWith("req_", response.Headers.GetValues("x-request-id").Single(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("bad-request", 400, "invalid_request_error", null)]
    [InlineData("unauthorized", 401, "invalid_request_error", "invalid_api_key")]
    [InlineData("payment-required", 402, "invalid_request_error", "payment_required")]
    [InlineData("forbidden", 403, "permission_error", null)]
    [InlineData("content-refused", 403, "invalid_request_error", "content_policy_violation")]
    [InlineData("not-found", 404, "invalid_request_error", "model_not_found")]
    [InlineData("conflict", 409, "invalid_request_error", null)]
    [InlineData("too-large", 413, "invalid_request_error", null)]
    [InlineData("unprocessable", 422, "invalid_request_error", null)]
    [InlineData("locked", 423, "invalid_request_error", null)]
    [InlineData("rate-limited", 429, "requests", "rate_limit_exceeded")]
    [InlineData("insufficient-quota", 429, "insufficient_quota", "insufficient_quota")]
    [InlineData("organization-disabled", 400, "invalid_request_error", null)]
    [InlineData("status:451", 451, "invalid_request_error", null)]
    public async Task Fault_ThatRefuses_HasItsErrorAndChargesNothing(string fault, int status, string type, string? code)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using var response = await client.AskAsync($"hi [[sim: fault={fault} retry-after=4]]");

        Assert.Equal(((HttpStatusCode)status, type, code, null), await OpenAiFaceClient.ErrorAsync(response));
        Assert.Equal(TimeSpan.FromSeconds(4), response.Headers.RetryAfter!.Delta);
        Assert.Equal((0, 1), (client.Truth.Accepted, client.Truth.Rejected[RejectReason.Fault]));
    }

    [Theory]
    [InlineData("server-error", 500)]
    [InlineData("bad-gateway", 502)]
    [InlineData("unavailable", 503)]
    [InlineData("gateway-timeout", 504)]
    public async Task Fault_OfTheServer_IsCharged(string fault, int status)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using var response = await client.AskAsync($"hi [[sim: fault={fault}]]");

        Assert.Equal(((HttpStatusCode)status, "server_error", null, null), await OpenAiFaceClient.ErrorAsync(response));
        Assert.Equal((1, 1, 0), (client.Truth.Accepted, client.Truth.CutByFault, client.Truth.Open));
    }

    [Fact]
    public async Task Faults_OfKeyModelAndPrompt_AreMetTogether()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        client.Host.Truth.SetBehaviour(
            new BehaviourSettings
            {
                Faults =
                [
                    new FaultSettings { Kind = FaultKind.ContentRefused, Contains = "POISON" },
                    new FaultSettings
                    {
                        Kind = FaultKind.Unavailable,
                        Model = "sim-small",
                        Times = 1,
                    },
                ],
            }
        );
        client.Host.Truth.SetBehaviour(
            "sick",
            new BehaviourSettings { Fault = new FaultSettings { Kind = FaultKind.OrganizationDisabled } }
        );

        Assert.Equal(200, await StatusAsync("k1", "hi", OpenAiFaceClient.Model));
        Assert.Equal(400, await StatusAsync("sick", "hi", OpenAiFaceClient.Model));
        Assert.Equal(403, await StatusAsync("k1", "some POISON here", "sim-small"));
        Assert.Equal(403, await StatusAsync("k2", "some POISON here", OpenAiFaceClient.Model));
        Assert.Equal(503, await StatusAsync("k1", "hi", "sim-small"));
        Assert.Equal(200, await StatusAsync("k1", "hi", "sim-small"));

        async Task<int> StatusAsync(string account, string question, string model)
        {
            using var response = await client.SendAsync(
                HttpMethod.Post,
                "/v1/chat/completions",
                OpenAiFaceClient.Body(question, model: model),
                account
            );
            return (int)response.StatusCode;
        }
    }

    [Theory]
    [InlineData("max-tokens", "\"max_tokens\":5", "max_tokens")]
    [InlineData("max-completion-tokens", "\"max_completion_tokens\":5", "max_completion_tokens")]
    [InlineData("stream-options", "\"stream\":true,\"stream_options\":{}", "stream_options")]
    [InlineData("parallel-tool-calls", "\"parallel_tool_calls\":true", "parallel_tool_calls")]
    [InlineData("tools", "\"tools\":[]", "tools")]
    [InlineData("response-format", "\"response_format\":{\"type\":\"text\"}", "response_format")]
    [InlineData("unknown-fields", "\"vendor\":1", "vendor")]
    public async Task Field_ThatTheServerDoesNotTake_IsRefusedByName(string refused, string field, string name)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using var taken = await client.AskAsync("hi", field);
        using var response = await client.AskAsync($"hi [[sim: refuse={refused}]]", field);

        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal(
            (HttpStatusCode.BadRequest, "invalid_request_error", "unsupported_parameter", name),
            await OpenAiFaceClient.ErrorAsync(response)
        );
    }

    [Fact]
    public async Task Role_ThatTheServerDoesNotTake_IsRefusedByItsPlace()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        client.Host.Truth.SetBehaviour(new BehaviourSettings { OpenAi = new() { Refuse = [RefusedField.DeveloperRole] } });

        using var response = await client.SendAsync(
            HttpMethod.Post,
            "/v1/chat/completions",
            """{"model":"sim-large","messages":[{"role":"system","content":"a"},{"role":"developer","content":"b"},{"role":"user","content":"c"}]}"""
        );

        Assert.Equal("messages[1].role", (await OpenAiFaceClient.ErrorAsync(response)).Param);
    }

    private static string[] Rates(HttpResponseMessage response, string what) =>
        [.. ((string[])["limit", "remaining", "reset"]).Select(part => response.Headers.GetValues($"x-ratelimit-{part}-{what}").Single())];
}
