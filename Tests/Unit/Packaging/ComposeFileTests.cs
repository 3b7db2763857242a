using FlowGpt.ApiFrontend;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.ApiFrontend.Health;
using FlowGpt.Silo.Hosting;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Unit.Packaging;

public sealed class ComposeFileTests
{
    private const string Name = "docker-compose.yml";

    private static readonly YamlValue File = YamlFile.ReadOne(Name);

    public static TheoryData<string> All => [.. File["services"].Keys];

    public static TheoryData<string> Lasting => [.. File["services"].Keys.Except(["keys", "password", "certificates"])];

    [Fact]
    public void File_HasOnlyWhatTheSpecificationKnows() => Assert.Empty(ComposeSchema.ProblemsOf(File));

    [Fact]
    public void Schema_MisspeltKey_IsFound()
    {
        var service = new Dictionary<string, object?> { ["heathcheck"] = "x", ["restart"] = "sometimes" };
        var wrong = new Dictionary<string, object?> { ["services"] = new Dictionary<string, object?> { ["a"] = service } };

        Assert.Equal(2, ComposeSchema.ProblemsOf(new YamlValue("wrong", wrong)).Count);
    }

    [Fact]
    public void Services_AreACluster()
    {
        string[] always = ["api", "certificates", "keys", "nginx", "password", "redis", "silo"];
        Assert.Equal(
            [.. always, .. (string[])["grafana", "prometheus"]],
            File["services"].Keys.OrderBy(name => (!always.Contains(name), name))
        );
        Assert.All(
            File["services"].Entries,
            one => Assert.Equal(always.Contains(one.Key) ? [] : ["observability"], one.Value["profiles"].Texts)
        );
        Assert.Equal("2", Service("silo").At("deploy", "replicas").Text);
        Assert.Equal("2", Service("api").At("deploy", "replicas").Text);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Service_IsHardened(string name)
    {
        var service = Service(name);

        Assert.True(service["read_only"].IsTrue, $"{service} can write its image.");
        Assert.Equal(["ALL"], service["cap_drop"].Texts);
        Assert.Contains("no-new-privileges:true", service["security_opt"].Texts);
        Assert.Matches("^[1-9][0-9]*:[1-9][0-9]*$", ComposeSchema.WithDefaults(service["user"].Text));
        Assert.False(service["privileged"].Exists || service["cap_add"].Exists, $"{service} has privileges.");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Service_HasLimits(string name)
    {
        var limits = Service(name).At("deploy", "resources", "limits");

        Assert.All(["cpus", "memory", "pids"], limit => Assert.True(limits[limit].Exists, $"{limits}.{limit} is not set."));
        Assert.True(Service(name).At("logging", "options", "max-size").Exists);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Service_ImageIsPinned(string name) => Assert.True(ImageName.IsPinned(Service(name)["image"].Text));

    [Theory]
    [MemberData(nameof(Lasting))]
    public void Service_IsRestartedAndWatched(string name)
    {
        var service = Service(name);

        Assert.Equal("unless-stopped", service["restart"].Text);
        Assert.Contains(service["healthcheck"]["test"].Texts[0], (string[])["CMD", "CMD-SHELL"]);
        Assert.All(["interval", "timeout", "start_period", "retries"], key => Assert.True(service["healthcheck"][key].Exists, key));
        Assert.True(service["tmpfs"].Exists, $"{service} has no place for temporary files.");
    }

    [Fact]
    public void Dependencies_CanBeMet()
    {
        foreach (var (_, service) in File["services"].Entries)
        {
            foreach (var (name, dependency) in service["depends_on"].Entries)
            {
                var other = Service(name);
                Assert.True(other.Exists, $"{dependency} names no service.");
                var watched = other["healthcheck"]["test"].Exists;
                Assert.Equal(watched ? "service_healthy" : "service_completed_successfully", dependency["condition"].Text);
                Assert.Equal(watched ? "unless-stopped" : "no", other["restart"].Text);
            }
        }
    }

    [Fact]
    public void Ports_OnlyTheLoadBalancersIsPublished()
    {
        Assert.Equal(
            ["grafana", "nginx"],
            File["services"].Entries.Where(static entry => entry.Value["ports"].Exists).Select(static entry => entry.Key).Order()
        );
        Assert.Equal(["127.0.0.1:${GRAFANA_PORT:-3000}:3000"], Service("grafana")["ports"].Texts);
        Assert.Equal(["${NGINX_PORT:-8088}:8088"], Service("nginx")["ports"].Texts);
        var listen = Assert.Single(NginxConfiguration.Read("deploy/nginx/site/server.conf"), static one => one.Name == "listen");
        Assert.Equal(["8088"], listen.Arguments);
    }

    [Fact]
    public void Networks_KeepTheClusterFromClients()
    {
        Assert.Equal(["edge"], Service("nginx")["networks"].Texts);
        Assert.Equal(["cluster"], Service("redis")["networks"].Texts);
        Assert.Equal(["cluster"], Service("silo")["networks"].Texts);
        Assert.Equal(["cluster", "edge"], Service("api")["networks"].Texts.Order());
        Assert.Equal(["cluster", "observability"], Service("prometheus")["networks"].Texts.Order());
        Assert.Equal(["observability"], Service("grafana")["networks"].Texts);
        Assert.Equal(["cluster", "edge", "observability"], File["networks"].Keys.Order());
    }

    [Fact]
    public void Volumes_ExistAndTheRepositorysAreReadOnly()
    {
        foreach (var volume in File["services"].Entries.SelectMany(static entry => entry.Value["volumes"].Texts))
        {
            var parts = volume.Split(':');
            if (parts[0].StartsWith('.'))
            {
                Assert.True(Path.Exists(Repository.PathOf(parts[0])), $"{volume}: is not in the repository.");
                Assert.Equal("ro", parts[2]);
            }
            else
            {
                Assert.Contains(parts[0], File["volumes"].Keys);
                if (parts.Length > 2)
                {
                    // A new volume takes owner and content from the directory of the service that writes it.
                    Assert.Equal("ro,nocopy", parts[2]);
                }
            }
        }
    }

    [Theory]
    [InlineData("redis", "/data")]
    [InlineData("keys", "/data")]
    [InlineData("password", "/data")]
    [InlineData("certificates", "/tls")]
    public void Volumes_AreWrittenOnlyWhereTheImageHasADirectoryOfTheUser(string service, string directory)
    {
        var written = Service(service)["volumes"].Texts.Where(static volume => volume.Split(':').Length == 2);

        Assert.NotEmpty(written);
        Assert.All(written, volume => Assert.StartsWith(directory, volume.Split(':')[1], StringComparison.Ordinal));
    }

    [Fact]
    public void Variables_AreInTheExample()
    {
        var shown = EnvironmentExample.Settings.Select(static setting => setting.Name);

        Assert.Empty(ComposeSchema.VariablesOf(Repository.Read(Name)).Except(shown));
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("api")]
    public void Environment_IsWhatTheProductReads(string name)
    {
        var service = Service(name);
        var shortNames = UserSetting.All.Select(static setting => setting.Name).ToHashSet();
        var keys = new Dictionary<string, string?>();
        foreach (var (variable, value) in service["environment"].Entries)
        {
            if (!shortNames.Contains(variable))
            {
                keys[variable.Replace("__", ":", StringComparison.Ordinal)] = value.Text;
            }
        }

        var problems = new List<string>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(keys).Build();
        OptionsCheck.Read<SiloOptions>(configuration, SiloOptions.Section, problems);
        OptionsCheck.AddProblems(configuration, FrontendOptions.Section, typeof(FrontendOptions), problems);

        Assert.Empty(problems);
        Assert.All(keys.Keys, static key => Assert.Matches($"^({SiloOptions.Section}|{FrontendOptions.Section}):", key));
        Assert.Equal([".env"], service["env_file"].Texts);
        Assert.Equal("redis:6379", service["environment"]["REDIS_CONNECTION"].Text);
        Assert.Equal("http://+:8080", service["environment"]["ASPNETCORE_URLS"].Text);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("api")]
    public void Product_IsBuiltFromItsTargetAndAskedByItsOwnVerb(string name)
    {
        var service = Service(name);
        var target = Dockerfile.Read("deploy/Dockerfile").Stage(service["build"]["target"].Text);

        Assert.Equal("deploy/Dockerfile", service["build"]["dockerfile"].Text);
        var program = Dockerfile.ParseList(target.Last("ENTRYPOINT"))[0];
        Assert.Equal(["CMD", program, HealthProbe.Verb, "http://localhost:8080/health/ready"], service["healthcheck"]["test"].Texts);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("api")]
    public void Stop_LeavesTheProductItsTime(string name)
    {
        var grace = ComposeSchema.ParseDuration(Service(name)["stop_grace_period"].Text);

        Assert.True(grace > new SiloOptions().ShutdownTimeout, $"{name} is killed after {grace}, before its own limit.");
    }

    [Fact]
    public void Api_HasNoUpstreamSecret()
    {
        var blank = Service("api")["environment"]
            .Entries.Where(static one => one.Value.Text.Length == 0)
            .Select(static one => one.Key)
            .ToHashSet();
        var ofUpstreams = UserSetting.All.Where(static one =>
            one.Key.StartsWith("FlowGpt:Accounts:", StringComparison.Ordinal)
            && (one.IsSecret || one.Key.EndsWith(":File", StringComparison.Ordinal))
        );

        Assert.All(ofUpstreams, one => Assert.Contains(one.Name, blank));
        Assert.DoesNotContain(Service("api")["volumes"].Texts, static volume => volume.Contains("config", StringComparison.Ordinal));
    }

    [Fact]
    public void Metrics_HaveAPortThatIsNotPublished()
    {
        var port = Service("silo")["environment"]["METRICS_URLS"].Text.Split(':')[^1];

        Assert.All(
            File["services"].Entries,
            one => Assert.DoesNotContain(one.Value["ports"].Texts, text => text.EndsWith(port, StringComparison.Ordinal))
        );
    }

    private static YamlValue Service(string name) => File["services"][name];
}
