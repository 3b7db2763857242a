namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>The Helm chart compared with the Kustomize files, which other tests check: with its defaults it makes the same objects.</summary>
public sealed class HelmChartTests
{
    private const string Chart = "deploy/helm/flowgpt";

    private static readonly YamlValue Values = YamlFile.ReadOne($"{Chart}/values.yaml");

    [Fact]
    public void Objects_WithDefaults_AreThoseOfTheKustomization()
    {
        var (rendered, _) = Render(Values);
        var kustomization = YamlFile.ReadOne("deploy/kubernetes/kustomization.yaml");
        var images = kustomization["images"]
            .Items.ToDictionary(static one => one["name"].Text, static one => $"{one["newName"].Text}:{one["newTag"].Text}");
        var expected = kustomization["resources"]
            .Texts.SelectMany(static file => YamlFile.Read($"deploy/kubernetes/{file}"))
            .Where(static one => one["kind"].Text != "Namespace")
            .ToDictionary(
                NameOf,
                one =>
                    images.Aggregate(
                        one.ToJson(),
                        static (json, image) =>
                            json.Replace($"\"{image.Key}:{image.Value.Split(':')[^1]}\"", $"\"{image.Value}\"", StringComparison.Ordinal)
                    )
            );

        var made = rendered.ToDictionary(NameOf, static one => one.ToJson());

        Assert.True(made.Remove("ConfigMap/redis-configuration"));
        Assert.Equal(expected.Keys.Order(), made.Keys.Order());
        Assert.All(expected, one => Assert.Equal(one.Value, made[one.Key]));
    }

    [Fact]
    public void RedisConfiguration_IsTheShippedOne()
    {
        var (rendered, _) = Render(Values);

        var map = rendered.Single(static one => NameOf(one) == "ConfigMap/redis-configuration");

        Assert.Equal(Repository.Read("deploy/redis/redis.conf").TrimEnd(), map.At("data", "redis.conf").Text.TrimEnd());
    }

    [Fact]
    public void Values_AreAllUsed()
    {
        var (_, used) = Render(Values);
        string[] leaves =
        [
            .. Values.Entries.SelectMany(static one =>
                one.Key == "settings" ? ["settings"] : one.Value.Keys.Select(below => $"{one.Key}.{below}")
            ),
        ];

        Assert.Equal(leaves.Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void RedisAndIngress_SwitchedOff_AreNotMade()
    {
        var text = Repository.Read($"{Chart}/values.yaml").Replace("enabled: true", "enabled: false", StringComparison.Ordinal);

        var (rendered, _) = Render(Assert.Single(YamlFile.Parse("values", text)));

        Assert.DoesNotContain(rendered, static one => one["kind"].Text is "Ingress" or "StatefulSet");
        Assert.DoesNotContain(rendered, static one => one["metadata"]["name"].Text.StartsWith("redis", StringComparison.Ordinal));
        Assert.Contains(rendered, static one => NameOf(one) == "Deployment/silo");
    }

    [Fact]
    public void Chart_IsOfTheProductsVersion()
    {
        var chart = YamlFile.ReadOne($"{Chart}/Chart.yaml");

        Assert.Equal(("v2", "flowgpt"), (chart["apiVersion"].Text, chart["name"].Text));
        Assert.EndsWith($":{chart["appVersion"].Text}", Values.At("silo", "image").Text, StringComparison.Ordinal);
        Assert.EndsWith($":{chart["appVersion"].Text}", Values.At("api", "image").Text, StringComparison.Ordinal);
    }

    private static (IReadOnlyList<YamlValue> Objects, IReadOnlySet<string> Used) Render(YamlValue values)
    {
        var template = new HelmTemplate(values, static file => Repository.Read($"{Chart}/{file}"));
        var objects = Directory
            .GetFiles(Repository.PathOf($"{Chart}/templates"), "*.yaml")
            .Order(StringComparer.Ordinal)
            .SelectMany(file => YamlFile.Parse(Path.GetFileName(file), template.Render(File.ReadAllText(file))))
            .Where(static one => one.IsMap)
            .ToArray();
        return (objects, template.Used);
    }

    private static string NameOf(YamlValue one) => $"{one["kind"].Text}/{one["metadata"]["name"].Text}";
}
