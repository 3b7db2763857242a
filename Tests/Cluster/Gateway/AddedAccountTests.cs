using System.Text;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Accounts that the cluster owns, added and changed over HTTP in the whole product.</summary>
public sealed class AddedAccountTests
{
    private const string Accounts = "/admin/pools/flowgpt/accounts";

    [Fact]
    public async Task Add_AnAccount_ServesAtOnceAndAfterARestartAndItsTokenStandsNowhereInClear()
    {
        await using var gateway = await Gateway.StartAsync([]);
        var token = gateway.Simulator.IssueToken("b1");
        Assert.Equal(503, (await gateway.ChatAsync("Hello")).Status);

        using (var admin = gateway.NewAdmin())
        {
            var (status, account) = await admin.PostAsync(
                Accounts,
                new
                {
                    name = "b1",
                    bearerToken = token,
                    weight = 3,
                    limits = new { maxConcurrent = 2 },
                }
            );

            Assert.Equal((201, "Api", "Ready"), (status, account.Account("origin"), account.Account("state")));
            Assert.DoesNotContain(token, account.GetRawText(), StringComparison.Ordinal);
        }

        Assert.Equal("served", (await gateway.ChatAsync("Say exactly: served")).Text);
        await gateway.RestartAsync();
        Assert.Equal("again", (await gateway.ChatAsync("Say exactly: again")).Text);
        Assert.Equal(2, gateway.Simulator.Truth.Account("b1").Accepted);
        using (var admin = gateway.NewAdmin())
        {
            var audit = (await admin.GetAsync("/admin/audit")).Body;
            var entry = Assert.Single(audit.GetProperty("entries").EnumerateArray());
            Assert.Equal((Accounts, 201), (entry.GetProperty("target").GetString(), entry.GetProperty("status").GetInt32()));
            Assert.DoesNotContain(token, audit.GetRawText(), StringComparison.Ordinal);
        }

        var files = gateway.DataFiles().ToArray();
        Assert.NotEmpty(files);
        foreach (var (file, content) in files)
        {
            Assert.False(content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(token)) >= 0, $"{file} holds the token in clear");
        }
    }

    [Fact]
    public async Task Add_UntilTheRecordIsFull_IsRefusedAndTheOthersGoOn()
    {
        await using var gateway = await Gateway.StartAsync([]);
        using var admin = gateway.NewAdmin();
        await admin.DoneAsync(Accounts, new { name = "b0", bearerToken = gateway.Simulator.IssueToken("b0") });
        var headers = Enumerable.Range(0, 8).ToDictionary(static one => $"X-Long-{one}", static _ => new string('h', 4000));
        (int Status, System.Text.Json.JsonElement Body) answer;
        var added = 0;
        while ((answer = await AddAsync($"c{added}")).Status == 201)
        {
            Assert.InRange(++added, 1, 60);
        }

        Assert.Equal(409, answer.Status);
        Assert.Contains("1 MiB", answer.Body.GetRawText(), StringComparison.Ordinal);
        Assert.InRange(added, 10, 60);
        Assert.Equal(200, (await admin.DeleteAsync($"{Accounts}/c0")).Status);
        Assert.Equal(201, (await AddAsync("d0")).Status);
        Assert.Equal("served", (await gateway.ChatAsync("Say exactly: served")).Text);

        Task<(int Status, System.Text.Json.JsonElement Body)> AddAsync(string name) =>
            admin.PostAsync(
                Accounts,
                new
                {
                    name,
                    bearerToken = gateway.Simulator.IssueToken(name),
                    mode = "disabled",
                    headers,
                }
            );
    }

    [Fact]
    public async Task Data_AfterAnAccountWasAdded_HoldsKeysThatOnlyTheirOwnerMayRead()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes are Unix'.");
        await using var gateway = await Gateway.StartAsync([]);
        using var admin = gateway.NewAdmin();
        await admin.DoneAsync(Accounts, new { name = "b1", bearerToken = gateway.Simulator.IssueToken("b1") });

        var keys = gateway.DataFiles().Where(file => file.Path.Contains("secret-keys", StringComparison.Ordinal)).ToArray();

        Assert.NotEmpty(keys);
        foreach (var (path, _) in keys)
        {
#pragma warning disable CA1416 // Skipped on Windows.
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
#pragma warning restore CA1416
        }
    }
}
