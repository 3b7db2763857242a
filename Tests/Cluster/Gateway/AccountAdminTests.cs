using System.Text.Json;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>What may be changed of accounts, added and configured ones.</summary>
public sealed class AccountAdminTests : IAsyncLifetime
{
    private const string Accounts = "/admin/pools/flowgpt/accounts";

    private Gateway _gateway = null!;
    private AdminClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await Gateway.StartAsync([new GatewayAccount("file1", RequestsPerMinute: 30)]);
        _admin = _gateway.NewAdmin();
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Patch_AConfiguredAccount_ChangesWhatIsTheOperatorsAndGoesBackToTheFile()
    {
        var changed = await _admin.PatchAsync(
            $"{Accounts}/file1",
            new { weight = 5, limits = new { requestsPerMinute = (int?)null, maxConcurrent = 2 } }
        );
        Assert.Equal(
            (200, "5", "2", "True"),
            (changed.Status, changed.Body.Account("weight"), changed.Body.Account("maxConcurrent"), changed.Body.Account("overridden"))
        );
        Assert.Equal("[]", changed.Body.Account("windows"));

        var back = await _admin.PatchAsync(
            $"{Accounts}/file1",
            JsonSerializer.Deserialize<JsonElement>("""{"weight":null,"limits":null}""")
        );

        Assert.Equal(
            ("1", "", "False"),
            (back.Body.Account("weight"), back.Body.Account("maxConcurrent"), back.Body.Account("overridden"))
        );
        Assert.Contains("requestsPerMinute", back.Body.Account("windows"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enabled_IsReadAsInTheAccountsFile()
    {
        var token = _gateway.Simulator.IssueToken("off1");

        var added = await _admin.PostAsync(
            Accounts,
            new
            {
                name = "off1",
                bearerToken = token,
                enabled = false,
            }
        );
        var twice = await _admin.PatchAsync($"{Accounts}/off1", new { enabled = true, mode = "disabled" });

        Assert.Equal((201, "Disabled"), (added.Status, added.Body.Account("state")));
        Assert.Equal((400, "enabled"), (twice.Status, twice.Body.Error().Param));
    }

    [Theory]
    [InlineData("""{"bearerToken":"another-token-0123456789"}""", "bearerToken")]
    [InlineData("""{"pool":"other"}""", "pool")]
    [InlineData("""{"deviceId":null}""", "deviceId")]
    [InlineData("""{"headers":{"X-Team":"a"}}""", "headers")]
    public async Task Patch_WhatTheConfigurationOwns_IsAConflictThatNamesTheField(string body, string field)
    {
        var (status, answer) = await _admin.PatchAsync($"{Accounts}/file1", JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal((409, field), (status, answer.Error().Param));
    }

    [Fact]
    public async Task EnableDisableDrain_TakeEffectAtOnceAndOutliveARestart()
    {
        Assert.Equal("Disabled", (await _admin.PostAsync($"{Accounts}/file1/disable")).Body.Account("state"));
        Assert.Equal(503, (await _gateway.ChatAsync("Hello")).Status);
        Assert.Equal("Ready", (await _admin.PostAsync($"{Accounts}/file1/enable")).Body.Account("state"));
        Assert.Equal(200, (await _gateway.ChatAsync("Hello")).Status);

        var stream = _gateway.ChatAsync(new ChatBody("in flight [[sim: tokens=20 per=30ms]]") { Stream = true });
        await _gateway.Simulator.Truth.WaitUntilAsync(truth => truth.OpenStreams == 1, TestContext.Current.CancellationToken);
        var drained = await _admin.PostAsync($"{Accounts}/file1/drain");
        Assert.Equal(("Draining", "1"), (drained.Body.Account("state"), drained.Body.Account("leases")));
        Assert.Equal(503, (await _gateway.ChatAsync("Hello")).Status);
        Assert.True((await stream).Whole);

        await _gateway.RestartAsync();
        using var admin = _gateway.NewAdmin();
        Assert.Equal("Draining", (await admin.GetAsync($"{Accounts}/file1")).Body.Account("state"));
    }

    [Fact]
    public async Task Add_ANameOrAnUpstreamAccountThatIsThere_IsAConflict()
    {
        var token = _gateway.Simulator.IssueToken("b1");
        Assert.Equal(201, (await _admin.PostAsync(Accounts, new { name = "b1", bearerToken = token })).Status);

        var sameName = await _admin.PostAsync(
            "/admin/pools/other/accounts",
            new { name = "b1", bearerToken = _gateway.Simulator.IssueToken("b2") }
        );
        var fileName = await _admin.PostAsync(Accounts, new { name = "file1", bearerToken = _gateway.Simulator.IssueToken("b3") });
        var sameToken = await _admin.PostAsync("/admin/pools/other/accounts", new { name = "b4", bearerToken = token });
        var sameUpstream = await _admin.PostAsync(Accounts, new { name = "b5", bearerToken = _gateway.Simulator.IssueToken("file1") });

        Assert.Equal((409, "name"), (sameName.Status, sameName.Body.Error().Param));
        Assert.Equal((409, "name"), (fileName.Status, fileName.Body.Error().Param));
        Assert.Equal((409, "bearerToken"), (sameToken.Status, sameToken.Body.Error().Param));
        Assert.Equal((409, "bearerToken"), (sameUpstream.Status, sameUpstream.Body.Error().Param));
    }

    [Fact]
    public async Task Add_BadValues_NamesEveryOneAndQuotesNoToken()
    {
        var (status, answer) = await _admin.PostAsync(
            Accounts,
            new
            {
                name = "b 1",
                bearerToken = "secret with spaces",
                weight = 0,
                limits = new { requestsPerMinute = 0, perYear = 1 },
            }
        );

        var message = answer.Error().Message;
        Assert.Equal(400, status);
        Assert.All(
            ["name", "bearerToken", "weight", "limits.requestsPerMinute", "limits.perYear"],
            field => Assert.Contains(field, message, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("secret with", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patch_ANewToken_RevivesARefusedAccount()
    {
        await _admin.DoneAsync($"{Accounts}/file1/disable");
        await _admin.DoneAsync(Accounts, new { name = "b1", bearerToken = _gateway.Simulator.IssueToken("b1") });
        _gateway.Simulator.Truth.ConfigureAccount("b1", new Simulator.Accounts.AccountSettings { RevokeTokens = true });
        Assert.Equal(503, (await _gateway.ChatAsync("Hello")).Status);
        await Soon.Becomes(
            _gateway.Pool.GetSnapshot,
            pool => pool.Accounts.Any(one => one.State == Grains.Interfaces.Pools.AccountState.Refused),
            "the account is out"
        );

        var (_, replaced) = await _admin.PatchAsync($"{Accounts}/b1", new { bearerToken = _gateway.Simulator.IssueToken("b1") });

        Assert.Equal("Ready", replaced.Account("state"));
        Assert.Equal("served", (await _gateway.ChatAsync("Say exactly: served")).Text);
    }

    [Fact]
    public async Task Patch_ThePool_TakesWhatWasUsedAlong()
    {
        await _admin.DoneAsync($"{Accounts}/file1/disable");
        await _admin.DoneAsync(
            Accounts,
            new
            {
                name = "b1",
                bearerToken = _gateway.Simulator.IssueToken("b1"),
                limits = new { requestsPerDay = 10 },
            }
        );
        Assert.Equal(200, (await _gateway.ChatAsync("Hello")).Status);
        await _gateway.IdlePoolAsync();

        var (status, moved) = await _admin.PatchAsync($"{Accounts}/b1", new { pool = "other" });

        Assert.Equal((200, "other"), (status, moved.GetProperty("pool").GetString()));
        var window = moved.GetProperty("account").GetProperty("windows")[0];
        Assert.True(window.GetProperty("used").GetInt32() >= 1, window.GetRawText());
        Assert.Equal(404, (await _admin.GetAsync($"{Accounts}/b1")).Status);
        Assert.Equal(200, (await _admin.GetAsync("/admin/pools/other/accounts/b1")).Status);
    }

    /// <summary>No lease is granted while the account moves to another pool, so no use is lost.</summary>
    [Fact]
    public async Task Patch_ThePoolWithACallInFlight_WaitsForItsEndAndTakesItsUseAlong()
    {
        await _admin.DoneAsync($"{Accounts}/file1/disable");
        await _admin.DoneAsync(
            Accounts,
            new
            {
                name = "b1",
                bearerToken = _gateway.Simulator.IssueToken("b1"),
                limits = new { requestsPerDay = 10 },
            }
        );
        var stream = _gateway.ChatAsync(new ChatBody("in flight [[sim: tokens=20 per=30ms]]") { Stream = true });
        await _gateway.Simulator.Truth.WaitUntilAsync(static truth => truth.OpenStreams == 1, TestContext.Current.CancellationToken);

        var (status, moved) = await _admin.PatchAsync($"{Accounts}/b1", new { pool = "other" });

        Assert.Equal(200, status);
        Assert.Equal(200, (await stream).Status);
        Assert.Equal(1, moved.GetProperty("account").GetProperty("windows")[0].GetProperty("used").GetInt32());
    }

    [Fact]
    public async Task Delete_AnAddedAccountIsGone_AConfiguredOneIsAConflict()
    {
        await _admin.DoneAsync(Accounts, new { name = "b1", bearerToken = _gateway.Simulator.IssueToken("b1") });

        Assert.Equal(200, (await _admin.DeleteAsync($"{Accounts}/b1")).Status);
        Assert.Equal(404, (await _admin.DeleteAsync($"{Accounts}/b1")).Status);
        Assert.Equal(409, (await _admin.DeleteAsync($"{Accounts}/file1")).Status);
    }

    [Fact]
    public async Task Restart_WithoutTheKeyRing_ShowsTheAccountSealedUntilItsTokenIsReplaced()
    {
        await _admin.DoneAsync($"{Accounts}/file1/disable");
        await _admin.DoneAsync(Accounts, new { name = "b1", bearerToken = _gateway.Simulator.IssueToken("b1") });

        await _gateway.RestartAsync(() =>
        {
            foreach (
                var (path, _) in _gateway.DataFiles().Where(file => file.Path.Contains("secret-keys", StringComparison.Ordinal)).ToArray()
            )
            {
                File.Delete(path);
            }
        });

        using var admin = _gateway.NewAdmin();
        Assert.Equal("Sealed", (await admin.GetAsync($"{Accounts}/b1")).Body.Account("state"));
        Assert.Equal(503, (await _gateway.ChatAsync("Hello")).Status);
        Assert.Equal(200, (await admin.PatchAsync($"{Accounts}/b1", new { bearerToken = _gateway.Simulator.IssueToken("b1") })).Status);
        Assert.Equal(200, (await _gateway.ChatAsync("Hello")).Status);
    }
}
