namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Models and pools that operators add while the product runs.</summary>
public sealed class AddedModelTests
{
    [Fact]
    public async Task Put_AModelOfAnotherPool_IsServedByThatPoolsAccountsAtOnceAndAfterARestart()
    {
        await using var gateway = await Gateway.StartAsync([new GatewayAccount("a1")]);
        using (var admin = gateway.NewAdmin())
        {
            var asked = new { promptId = "simulated-persona-007", pool = "team" };
            var early = await admin.PutAsync("/admin/models/team-model", asked);
            Assert.Equal((400, "pool"), (early.Status, early.Body.Error().Param));
            await admin.DoneAsync("/admin/pools/team/accounts", new { name = "t1", bearerToken = gateway.Simulator.IssueToken("t1") });
            var (status, model) = await admin.PutAsync("/admin/models/team-model", asked);
            Assert.Equal((201, "Api"), (status, model.GetProperty("origin").GetString()));
        }

        Assert.Equal("one", (await gateway.ServeAsync(new ChatBody("Say exactly: one") { Model = "team-model" })).Text);
        await gateway.RestartAsync();
        Assert.Equal("two", (await gateway.ServeAsync(new ChatBody("Say exactly: two") { Model = "team-model" })).Text);
        Assert.Equal((2, 0), (gateway.Simulator.Truth.Account("t1").Accepted, gateway.Simulator.Truth.Account("a1").Accepted));

        using var again = gateway.NewAdmin();
        Assert.Equal(200, (await again.DeleteAsync("/admin/models/team-model")).Status);
        Assert.Equal(404, (await gateway.ChatAsync(new ChatBody("gone") { Model = "team-model" })).Status);
    }

    [Fact]
    public async Task Put_AnIdWithASlash_IsServedAndRemoved()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 1);
        using var admin = gateway.NewAdmin();

        var put = await admin.PutAsync("/admin/models/team%2Fmodel", new { promptId = "simulated-persona-007" });
        var served = await gateway.ServeAsync(new ChatBody("Say exactly: one") { Model = "team/model" });
        var removed = await admin.DeleteAsync("/admin/models/team%2Fmodel");

        Assert.Equal((201, "team/model"), (put.Status, put.Body.GetProperty("model").GetProperty("id").GetString()));
        Assert.Equal("one", served.Text);
        Assert.Equal(200, removed.Status);
    }

    [Fact]
    public async Task ConfiguredModel_CanNeitherBeReplacedNorRemoved()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 1);
        using var admin = gateway.NewAdmin();

        var put = await admin.PutAsync($"/admin/models/{Gateway.Model}", new { promptId = "other" });
        var delete = await admin.DeleteAsync($"/admin/models/{Gateway.Model}");

        Assert.Equal((409, 409), (put.Status, delete.Status));
        Assert.Equal(404, (await admin.DeleteAsync("/admin/models/nothing")).Status);
    }

    [Fact]
    public async Task Put_BadValues_NamesEveryOne()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 1);
        using var admin = gateway.NewAdmin();

        var missing = await admin.PutAsync("/admin/models/m", new { contextWindow = "wide", colour = "red" });
        var wrong = await admin.PutAsync(
            "/admin/models/m",
            new
            {
                promptId = "p",
                contextWindow = 1,
                pool = "a b",
            }
        );

        Assert.Equal((400, "targets"), (missing.Status, missing.Body.Error().Param));
        Assert.All(
            ["promptId", "contextWindow", "colour"],
            field => Assert.Contains(field, missing.Body.Error().Message, StringComparison.Ordinal)
        );
        Assert.Equal(400, wrong.Status);
        Assert.All(["contextWindow", "pool"], field => Assert.Contains(field, wrong.Body.Error().Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refresh_ReportsDeadPersonasAndWhatTheSearchFinds()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 1);
        using var admin = gateway.NewAdmin();
        Assert.Equal(201, (await admin.PutAsync("/admin/models/lost", new { promptId = "nobody-has-this-id" })).Status);

        var (status, catalog) = await admin.PostAsync("/admin/models/refresh?query=persona%2096");

        Assert.Equal(200, status);
        var personas = catalog
            .GetProperty("models")
            .EnumerateArray()
            .ToDictionary(
                model => model.GetProperty("model").GetProperty("id").GetString()!,
                model => model.GetProperty("presence").GetString()
            );
        Assert.Equal(("Dead", "Alive"), (personas["lost"], personas[Gateway.Model]));
        var found = Assert.Single(catalog.GetProperty("found").EnumerateArray());
        Assert.Equal("simulated-persona-096", found.GetProperty("model").GetString());
    }
}
