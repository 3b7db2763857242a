using System.Text;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Grains.Accounts;
using FlowGpt.Tests.Unit.Accounts;

namespace FlowGpt.Tests.Unit.Packaging;

public sealed class EnvironmentExampleTests
{
    // Read by the packaging, not by the product.
    private static readonly string[] OfThePackaging = ["NGINX_PORT", "GRAFANA_PORT", "CONTAINER_USER"];

    // Standard names, read by OpenTelemetry's libraries.
    private static readonly string[] OfOpenTelemetry =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "OTEL_TRACES_SAMPLER",
        "OTEL_TRACES_SAMPLER_ARG",
    ];

    [Fact]
    public void Names_AreAllThatTheProductAndItsPackagingRead()
    {
        var known = UserSetting.All.Select(static setting => setting.Name).Concat(OfThePackaging).Concat(OfOpenTelemetry).Distinct();

        Assert.Equal(known.Order(), EnvironmentExample.Settings.Select(static setting => setting.Name).Order());
    }

    [Fact]
    public void Secrets_HaveNoValue()
    {
        var secrets = UserSetting.All.Where(static setting => setting.IsSecret).Select(static setting => setting.Name).ToHashSet();
        secrets.Remove("REDIS_CONNECTION");

        Assert.All(
            EnvironmentExample.Settings.Where(setting => secrets.Contains(setting.Name)),
            static setting => Assert.Equal("", setting.Value)
        );
    }

    [Fact]
    public void File_CopiedAsItIs_StartsTheProduct()
    {
        var directory = Directory.CreateTempSubdirectory("fgc-env-");
        try
        {
            File.Copy(Repository.PathOf(EnvironmentExample.File), Path.Combine(directory.FullName, ".env"));
            var problems = new List<string>();

            new Microsoft.Extensions.Configuration.ConfigurationManager().AddProductConfiguration(directory.FullName, problems);

            Assert.Empty(problems);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void Comments_Uncommented_AreValuesThatTheProductTakes()
    {
        foreach (var setting in EnvironmentExample.Settings.Where(static setting => setting.Value.Length > 0))
        {
            foreach (var known in UserSetting.All.Where(known => known.Name == setting.Name && known.Convert is not null))
            {
                Assert.Null(known.Convert!(setting.Value).Problem);
            }
        }
    }

    [Fact]
    public void AccountsExample_IsWhatTheProductReads_ExceptForItsTokens()
    {
        var parser = new AccountsFileParser(AccountKinds.All, PoolDefaults.Of("flowgpt"));
        var content = parser.Parse(Encoding.UTF8.GetBytes(Repository.Read("config/accounts.example.json")));

        Assert.All(content.AllProblems, static problem => Assert.Contains("bearerToken", problem, StringComparison.Ordinal));
        Assert.DoesNotContain("eyJ", Repository.Read("config/accounts.example.json"), StringComparison.Ordinal);
    }
}
