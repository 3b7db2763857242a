using FlowGpt.Admin.Contracts.Settings;
using FlowGpt.ApiFrontend.Admin.Settings;
using FlowGpt.Grains.Interfaces.Cluster;

namespace FlowGpt.Tests.Unit.ApiFrontend.Admin.Settings;

/// <summary>Settings that differ between silos.</summary>
public sealed class SettingDifferencesTests
{
    [Fact]
    public void Of_SilosWithTheSameValues_IsNothing()
    {
        var compared = SettingDifferences.Of([Silo("a", Plain("x", "1"), Secret("k", "f")), Silo("b", Secret("k", "f"), Plain("X", "1"))]);

        Assert.Empty(compared.Differences);
        Assert.Equal([new SiloProcess("a", "name-a", "process-a"), new SiloProcess("b", "name-b", "process-b")], compared.Silos);
    }

    [Fact]
    public void Of_SettingThatASiloDoesNotKnow_DiffersAndSaysWhichSilo()
    {
        var compared = SettingDifferences.Of([Silo("a", Plain("x", null)), Silo("b")]);

        Assert.Equal([new SiloValue("a", null, "file"), new SiloValue("b", null, null)], Assert.Single(compared.Differences).Values);
    }

    [Fact]
    public void Of_SecretsThatDiffer_HasTheNameAndNoValue()
    {
        var compared = SettingDifferences.Of([Silo("a", Secret("k", "f1")), Silo("b", Secret("k", "f2"))]);

        var difference = Assert.Single(compared.Differences);
        Assert.True(difference.IsSecret);
        Assert.All(difference.Values, static value => Assert.Null(value.Value));
    }

    [Fact]
    public void Of_SiloThatDidNotAnswer_ComparesTheOthers()
    {
        var compared = SettingDifferences.Of([
            Silo("a", Plain("x", "1")),
            new SiloConfiguration("b", "name-b", null),
            Silo("c", Plain("x", "1")),
        ]);

        Assert.Empty(compared.Differences);
        Assert.Null(compared.Silos[1].Process);
    }

    private static SiloConfiguration Silo(string id, params SiloSetting[] settings) =>
        new(id, $"name-{id}", new($"process-{id}", [.. settings]));

    private static SiloSetting Plain(string name, string? value) => new(name, value, null, false, true, "file", null);

    private static SiloSetting Secret(string name, string fingerprint) => new(name, null, null, true, true, "file", fingerprint);
}
