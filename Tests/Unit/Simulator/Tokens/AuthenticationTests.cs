using System.Net;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Simulator.Tokens;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Simulator.Tokens;

public sealed class AuthenticationTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(null, RejectReason.MissingToken)]
    [InlineData("nonsense", RejectReason.MalformedToken)]
    public async Task Chat_WithoutAToken_Is401AndCountedWithoutAccount(string? token, RejectReason reason)
    {
        await using var client = await StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, token));

        var global = client.Host.Truth.Snapshot().Global;
        Assert.Equal((1, 1), ((int)global.ChatCalls, (int)global.RejectedWithoutAccount[reason]));
    }

    [Theory]
    [InlineData("/v3/chat")]
    [InlineData("/conversation/create")]
    public async Task Call_AtTheTokensExpiry_Is401(string path)
    {
        await using var client = await StartAsync();
        client.Host.Truth.ConfigureAccount("a1", new AccountSettings { TokenLifetime = TimeSpan.FromSeconds(10) });
        var token = client.Host.IssueToken("a1");

        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, token, path));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, token, path));

        Assert.Equal(1, client.Host.Truth.Account("a1").Rejected[RejectReason.ExpiredToken]);
    }

    [Fact]
    public async Task Chat_WithATokenIssuedBeforeRevocation_Is401AndANewOneWorks()
    {
        await using var client = await StartAsync();
        var token = client.Host.IssueToken("a1");
        _clock.Advance(TimeSpan.FromSeconds(1));
        client.Host.Truth.ConfigureAccount("a1", new AccountSettings { RevokeTokens = true });

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, token));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, client.Host.IssueToken("a1")));
        Assert.Equal(1, client.Host.Truth.Account("a1").Rejected[RejectReason.RevokedToken]);
    }

    [Fact]
    public async Task Chat_OfADisabledAccount_Is403()
    {
        await using var client = await StartAsync();
        client.Host.Truth.ConfigureAccount("a1", new AccountSettings { Disabled = true });

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(client, client.Host.IssueToken("a1")));
        Assert.Equal(1, client.Host.Truth.Account("a1").Rejected[RejectReason.DisabledAccount]);
    }

    [Theory]
    [InlineData(true, 10, HttpStatusCode.OK)]
    [InlineData(true, 1, HttpStatusCode.Unauthorized)]
    [InlineData(false, 10, HttpStatusCode.Unauthorized)]
    public async Task Chat_OfAnUnknownAccount_IsTakenOnlyWhereAllowed(bool accept, int room, HttpStatusCode status)
    {
        await using var client = await StartAsync(new SimulatorOptions { AcceptUnknownAccounts = accept, MaxAccounts = room });
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, client.Host.IssueToken("known")));

        Assert.Equal(status, await StatusAsync(client, FakeToken.Mint("stranger", _clock.GetUtcNow(), TimeSpan.FromDays(1))));

        Assert.Equal(status == HttpStatusCode.OK ? 2 : 1, client.Host.Truth.Snapshot().Accounts.Count);
    }

    private static async Task<HttpStatusCode> StatusAsync(SimulatorClient client, string? token, string path = "/v3/chat")
    {
        using var response = await client.PostAsync(path, token, SimulatorClient.Question("hi"));
        return response.StatusCode;
    }

    private Task<SimulatorClient> StartAsync(SimulatorOptions? options = null) =>
        SimulatorClient.StartAsync((options ?? new SimulatorOptions()) with { TimeProvider = _clock });
}
