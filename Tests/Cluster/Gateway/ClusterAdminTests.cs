namespace FlowGpt.Tests.Cluster.Gateway;

[Collection(SharedGateway.Name)]
public sealed class ClusterAdminTests(GatewayFixture fixture)
{
    [Fact]
    public async Task Cluster_OfOneProcess_IsOneActiveSilo()
    {
        using var admin = fixture.Gateway.NewAdmin();

        var (status, cluster) = await admin.GetAsync("/admin/cluster");

        var silo = Assert.Single(cluster.GetProperty("silos").EnumerateArray());
        Assert.Equal((200, "Active"), (status, silo.GetProperty("status").GetString()));
        var report = silo.GetProperty("report");
        Assert.Equal((0, false), (report.GetProperty("turnsInFlight").GetInt32(), report.GetProperty("isDraining").GetBoolean()));
        Assert.NotEqual("", report.GetProperty("version").GetString());
        Assert.True(silo.GetProperty("activations").GetInt32() > 0);
    }

    [Fact]
    public async Task ResponseKeys_Rotated_AreOneMore()
    {
        using var admin = fixture.Gateway.NewAdmin();
        await fixture.Gateway.ServeAsync("Say exactly: one");

        var (status, first) = await admin.PostAsync("/admin/cluster/response-keys/rotate");
        var (_, second) = await admin.PostAsync("/admin/cluster/response-keys/rotate");

        Assert.Equal(200, status);
        Assert.Equal(first.GetProperty("version").GetInt32() + 1, second.GetProperty("version").GetInt32());
        Assert.Equal(first.GetProperty("keys").GetInt32() + 1, second.GetProperty("keys").GetInt32());
        await fixture.Gateway.ServeAsync("Say exactly: two");
    }

    [Fact]
    public async Task Drain_TheOnlySilo_IsRefusedAndAnUnknownOneIsNotFound()
    {
        using var admin = fixture.Gateway.NewAdmin();
        var cluster = (await admin.GetAsync("/admin/cluster")).Body;
        var id = cluster.GetProperty("silos")[0].GetProperty("id").GetString()!;

        Assert.Equal(409, (await admin.PostAsync($"/admin/cluster/silos/{Uri.EscapeDataString(id)}/drain")).Status);
        Assert.Equal(404, (await admin.PostAsync("/admin/cluster/silos/nobody/drain")).Status);
        Assert.Equal(200, (await admin.PostAsync($"/admin/cluster/silos/{Uri.EscapeDataString(id)}/resume")).Status);
    }
}
