using System.Net;
using System.Net.Http.Headers;
using FlowGpt.Admin.Contracts.Settings;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Cluster.ApiFrontend;

/// <summary>The settings of each silo of a cluster, and where they differ.</summary>
public sealed class SiloSettingsTests
{
    [Fact]
    public async Task Settings_OfTwoSilos_AreToldOfEachAndWhereTheyDifferWithoutAnySecret()
    {
        await using var cluster = await GatewayCluster.StartAsync(2, SettingsOfSilo.AddTo);
        using var http = cluster.Frontend.NewClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", FrontendHost.AdminKey);
        var admin = FlowGpt.Admin.Contracts.AdminClient.WithKey(http, FrontendHost.AdminKey).Settings;
        var cancelled = TestContext.Current.CancellationToken;

        var compared = await admin.CompareAsync(cancelled);

        Assert.Equal(2, compared.Silos.Count);
        Assert.Equal([SettingsOfSilo.Secret, SettingsOfSilo.Own], compared.Differences.Select(static one => one.Name));
        Assert.Equal([true, false], compared.Differences.Select(static one => one.IsSecret));
        Assert.Equal(
            compared.Silos.Select(static silo => new SiloValue(silo.Id, silo.Name, "environment")),
            compared.Differences[1].Values
        );
        foreach (var silo in compared.Silos)
        {
            var settings = await admin.GetOfAsync(silo.Id, cancelled);
            Assert.Equal((silo.Process, $"process of {silo.Name}"), (settings.Process, settings.Process));
            Assert.Equal(silo.Name, settings.Settings.Single(static one => one.Name == SettingsOfSilo.Own).Value);
            Assert.Equivalent(settings, await admin.GetOfAsync(silo.Name, cancelled));
        }

        foreach (var path in (string[])["silos", $"?silo={compared.Silos[0].Name}"])
        {
            var text = await http.GetStringAsync($"/admin/settings{(path[0] == '?' ? "" : "/")}{path}", cancelled);
            Assert.DoesNotContain(SettingsOfSilo.SecretWord, text, StringComparison.Ordinal);
        }

        using var unknown = await http.GetAsync("/admin/settings?silo=nobody", cancelled);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Settings_OfASiloThatCannotTell_AreARefusalThatNamesTheSilo()
    {
        await using var cluster = await GatewayCluster.StartAsync(1);
        using var http = cluster.Frontend.NewClient();
        var admin = FlowGpt.Admin.Contracts.AdminClient.WithKey(http, FrontendHost.AdminKey).Settings;

        var silo = Assert.Single((await admin.CompareAsync(TestContext.Current.CancellationToken)).Silos);
        Assert.Null(silo.Process);
        var refused = await Assert.ThrowsAsync<FlowGpt.Admin.Contracts.Transport.AdminException>(() =>
            admin.GetOfAsync(silo.Id, TestContext.Current.CancellationToken)
        );
        Assert.Contains(silo.Name, refused.Message, StringComparison.Ordinal);
    }
}
