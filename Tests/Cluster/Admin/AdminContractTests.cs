using FlowGpt.Admin.Contracts.Accounts;
using FlowGpt.Admin.Contracts.Audit;
using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Admin.Contracts.Live;
using FlowGpt.Admin.Contracts.Usage;
using FlowGpt.Cli.Connections;
using FlowGpt.Tests.Cluster.Gateway;
using FlowGpt.Tests.Unit.Cli;

namespace FlowGpt.Tests.Cluster.Admin;

/// <summary>The whole product through the typed client, as dashboard and command line use it.</summary>
public sealed class AdminContractTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Gateway.Gateway _gateway = null!;
    private HttpClient _http = null!;
    private FlowGpt.Admin.Contracts.AdminClient _admin = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _gateway = await Gateway.Gateway.StartAsync([
            new GatewayAccount("a1"),
            new GatewayAccount("a2", RequestsPerMinute: 1000),
            new GatewayAccount("b1", Enabled: false),
        ]);
        _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = _gateway.Http.BaseAddress };
        _admin = FlowGpt.Admin.Contracts.AdminClient.WithKey(_http, Gateway.Gateway.AdminKey);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Feed_WhileARequestIsServedAndAnAccountDrained_TellsOfBoth()
    {
        var seen = ListenUntilAsync(static events =>
            events.Any(static one => one.Sample is { RequestsPerSecond: > 0, OutputTokensPerSecond: > 0 })
            && events.Any(static one => one.Account is { Account: "a1", State: AccountStates.Draining })
        );
        await Soon.Happens(_listening.Task, "the feed begins");
        Assert.Equal(200, (await _gateway.ChatAsync("Hello.")).Status);
        await _admin.Accounts.DrainAsync("flowgpt", "a1", Cancelled);

        var events = await Soon.Happens(seen, "the feed tells of the request and the account");

        var latest = events.Last(static one => one.Sample is not null).Sample!;
        Assert.Equal((1, 0), (latest.Frontends, latest.Active));
        Assert.Equal(3, latest.Pools.Single(static pool => pool.Name == "flowgpt").Accounts);
    }

    [Fact]
    public async Task Request_ThatEnded_IsListedWithItsDecisionAndWithoutItsText()
    {
        var answer = await _gateway.ChatAsync("a-text-that-nobody-may-see");

        var found = await Soon.Becomes(
            async () => (await _admin.Live.RequestsAsync(new() { Outcome = "completed" }, Cancelled)).Requests,
            static requests => requests.Count == 1,
            "the request is listed"
        );
        var details = await _admin.Live.RequestAsync(found[0].Id, Cancelled);
        var text = await _http.GetStringAsync($"admin/requests/{found[0].Id}", Cancelled);

        Assert.Equal(200, answer.Status);
        Assert.Equal((Gateway.Gateway.Model, 200, "chat", 1), (found[0].Model, found[0].Status, found[0].Operation, found[0].Attempts));
        Assert.True(found[0] is { InputTokens: > 0, OutputTokens: > 0 } && found[0].Duration > TimeSpan.Zero);
        Assert.Equal([found[0].Account!], details.Accounts);
        Assert.Equal(found[0].Account, Assert.Single(details.Decisions).Decision.Chosen);
        Assert.DoesNotContain("nobody-may-see", text, StringComparison.Ordinal);
        Assert.Empty((await _admin.Live.RequestsAsync(new() { Outcome = "failed" }, Cancelled)).Requests);
    }

    [Fact]
    public async Task Accounts_ArePagedFilteredAndSortedByTheServer()
    {
        var all = await _admin.Accounts.ListAsync("flowgpt", Cancelled);
        var page = await _admin.Accounts.ListAsync(
            "flowgpt",
            new AccountFilter
            {
                Sort = "name",
                Descending = true,
                Limit = 1,
                Skip = 1,
            },
            Cancelled
        );
        var found = await _admin.Accounts.ListAsync("flowgpt", new AccountFilter { Search = "A" }, Cancelled);
        var disabled = await _admin.Accounts.ListAsync("flowgpt", new AccountFilter { State = "disabled" }, Cancelled);

        Assert.Equal((3, 3), (all.Accounts.Count, all.Total));
        Assert.Equal(("a2", 3), (Assert.Single(page.Accounts).Name, page.Total));
        Assert.Equal(["a1", "a2"], found.Accounts.Select(static one => one.Name));
        Assert.Equal(("b1", 1), (Assert.Single(disabled.Accounts).Name, disabled.Total));
    }

    [Fact]
    public async Task Keys_ThatMatch_ComeInPagesEachOnce()
    {
        for (var i = 0; i < 7; i++)
        {
            await _admin.Keys.CreateAsync(new KeySettings { Name = $"key {i}", Owner = i % 2 == 0 ? "ann" : "bob" }, Cancelled);
        }

        var found = new List<string>();
        string? after = null;
        do
        {
            var page = await _admin.Keys.ListAsync(
                new KeyListFilter
                {
                    Search = "ANN",
                    NewestFirst = true,
                    Limit = 3,
                    After = after,
                },
                Cancelled
            );
            Assert.Equal(7, page.Total);
            found.AddRange(page.Data.Select(static key => key.Name));
            after = page.Next;
        } while (after is not null);
        var revoked = await _admin.Keys.RevokeAsync((await _admin.Keys.ListAsync(cancellationToken: Cancelled)).Data[0].Id, Cancelled);
        var ended = await _admin.Keys.ListAsync(new KeyListFilter { Status = "revoked" }, Cancelled);

        Assert.Equal(["key 6", "key 4", "key 2", "key 0"], found);
        Assert.Equal([revoked.Id], ended.Data.Select(static key => key.Id));
    }

    [Fact]
    public async Task Attention_AfterADrain_NamesTheAccount()
    {
        await _admin.Accounts.DrainAsync("flowgpt", "a2", Cancelled);

        var items = (await _admin.Live.AttentionAsync(Cancelled)).Items;

        var item = items.Single(static one => one.Account == "a2");
        Assert.Equal((AttentionKinds.AccountDraining, "flowgpt", false), (item.Kind, item.Pool, item.IsProblem));

        using var terminal = new TestTerminal();
        terminal.Variables["FLOWGPT_URL"] = $"{_http.BaseAddress}";
        terminal.Variables["ADMIN_API_KEY"] = Gateway.Gateway.AdminKey;
        var (code, output, errors) = await terminal.RunAsync(null, "status");
        Assert.Equal((ExitCodes.Done, ""), (code, errors));
        Assert.Contains("flowgpt/a2", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_ShowWhereValuesComeFromAndNoSecret()
    {
        var settings = (await _admin.Settings.GetAsync(Cancelled)).Settings.ToDictionary(static one => one.Name);
        var text = await _http.GetStringAsync("admin/settings", Cancelled);

        Assert.Equal(
            ("00:05:00", "default"),
            (settings["FlowGpt:Frontend:RequestTimeout"].Value, settings["FlowGpt:Frontend:RequestTimeout"].Source)
        );
        Assert.True(settings["FlowGpt:Frontend:AdminKey"] is { IsSecret: true, IsSet: true, Value: null });
        Assert.True(settings["FlowGpt:SignIn:OpenIdConnect:ClientSecret"].IsSecret);
        Assert.Contains("FlowGpt:Pool:Strategy", settings.Keys);
        Assert.All(
            (string[])["FlowGpt:OpenAi:ConnectionLifetimeSeconds", "FlowGpt:Pool:TokenExpiryWarning"],
            name => Assert.True(settings[name] is { IsSecret: false, Value: not null }, name)
        );
        Assert.DoesNotContain(Gateway.Gateway.AdminKey, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Gateway.Gateway.MasterKey, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryOtherAnswer_IsReadByTheClient()
    {
        Assert.Equal(200, (await _gateway.ChatAsync("Hello.")).Status);

        Assert.Equal("flowgpt", Assert.Single((await _admin.Pools.ListAsync(Cancelled)).Pools).Name);
        Assert.Equal(3, (await _admin.Pools.GetAsync("flowgpt", Cancelled)).Accounts.Count);
        Assert.NotEmpty((await _admin.Pools.DecisionsAsync("flowgpt", cancellationToken: Cancelled)).Decisions);
        Assert.NotEmpty((await _admin.Models.ListAsync(Cancelled)).Models);
        Assert.NotNull(Assert.Single((await _admin.Cluster.GetAsync(Cancelled)).Silos).Report);
        var added = await _admin.Models.PutAsync("mine", new() { Targets = [new("flowgpt", "p-1")] }, Cancelled);
        Assert.Equal(("Api", "flowgpt"), (added.Origin, Assert.Single(added.Model.Targets).Pool));
        var logged = await _admin.Audit.ListAsync(new AuditFilter { Path = "models/mine" }, Cancelled);
        Assert.Equal(("PUT", 201), (Assert.Single(logged.Entries).Method, logged.Entries[0].Status));
        Assert.Empty((await _admin.Audit.ListAsync(new AuditFilter { Who = "nobody" }, Cancelled)).Entries);
        var usage = await _admin.Usage.GetAsync(new UsageRequest { BucketWidth = "total", GroupBy = ["account", "model"] }, Cancelled);
        Assert.Single(usage.Data);
    }

    private async Task<List<LiveEvent>> ListenUntilAsync(Func<List<LiveEvent>, bool> enough)
    {
        var events = new List<LiveEvent>();
        await foreach (var one in _admin.Live.ListenAsync(Cancelled))
        {
            _listening.TrySetResult();
            events.Add(one);
            if (enough(events))
            {
                break;
            }
        }

        return events;
    }
}
