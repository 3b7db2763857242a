using System.Text.RegularExpressions;
using FlowGpt.Tests.Cluster.Storage;
using Microsoft.Data.Sqlite;

namespace FlowGpt.Tests.Process.Embedded;

/// <summary>What a person sees who starts the product: the first start, and starts that are refused.</summary>
[Trait("Category", "Process")]
public sealed partial class StartTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Start_NothingConfigured_ShowsALineThatWorksWhenPasted()
    {
        await using var host = SiloProcess.Launch(_directory, new Dictionary<string, string> { ["FlowGpt__Logging__Format"] = "text" });
        var banner = await host.WaitForOutputAsync(
            static output => output.Contains("\"stream\":true", StringComparison.Ordinal) ? output : null,
            "its banner"
        );
        Assert.Contains("DEMO", banner, StringComparison.Ordinal);
        var line = CurlLine().Match(banner);
        Assert.True(line.Success, banner);

        using var http = new HttpClient(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, line.Groups["url"].Value);
        request.Headers.Add("Authorization", line.Groups["authorization"].Value);
        request.Content = new StringContent(line.Groups["body"].Value, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains(
            "data: [DONE]",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        Assert.Equal(0, await host.StopAsync());
    }

    [Fact]
    public async Task Start_WithoutTheApi_AnswersHealthAndMetricsOnly()
    {
        await using var silo = await SiloProcess.StartAsync(
            _directory,
            new Dictionary<string, string> { ["FlowGpt__Silo__Api"] = "false" }
        );

        foreach (
            var (path, status) in (ReadOnlySpan<(string, int)>)
                [("/health/live", 200), ("/health/ready", 200), ("/metrics", 200), ("/v1/models", 404)]
        )
        {
            using var response = silo.Http.Send(new HttpRequestMessage(HttpMethod.Get, path), TestContext.Current.CancellationToken);
            Assert.Equal(status, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task Start_DataDirectoryInUse_IsRefusedWithItsHolder()
    {
        await using var first = await SiloProcess.StartAsync(_directory);

        var output = await RefusedAsync(new Dictionary<string, string>());

        Assert.Contains($"process {first.Host.Id} already uses it", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NewerData_IsRefusedAndLeftAsItIs()
    {
        await using (var first = await SiloProcess.StartAsync(_directory))
        {
            await first.Host.StopAsync();
        }

        using (var connection = new SqliteConnection($"Data Source={_directory.File("data/flowgpt.db")};Pooling=false"))
        {
            connection.Open();
            using var command = new SqliteCommand("PRAGMA user_version = 99", connection);
            command.ExecuteNonQuery();
        }

        Assert.Contains("has data version 99", await RefusedAsync(new Dictionary<string, string>()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SeveralWrongSettings_ListsEveryOneByTheUsersNameAndMakesNothing()
    {
        var output = await RefusedAsync(
            new Dictionary<string, string>
            {
                ["REQUEST_TIMEOUT"] = "soon",
                ["FLOWGPT_BASE_URL"] = "flowgpt",
                ["FLOWGPT_SIGNATURE"] = "md5",
                ["FLOWGPT_CONTEXT_MODE"] = "all",
                ["ASPNETCORE_URLS"] = "8088",
                ["API_MASTER_KEY"] = "tooshort",
                ["FLOWGPT_ACCOUNTS_FILE"] = "missing.json",
                ["FlowGpt__Pool__QueueLength"] = "many",
                ["FlowGpt__Pool__QueueLenght"] = "5",
                ["FlowGpt__Silo__IdleAge"] = "00:00:01",
            }
        );

        foreach (
            var expected in (string[])
                [
                    "REQUEST_TIMEOUT = \"soon\"",
                    "FLOWGPT_BASE_URL = \"flowgpt\"",
                    "FLOWGPT_SIGNATURE = \"md5\"",
                    "FLOWGPT_CONTEXT_MODE = \"all\"",
                    "ASPNETCORE_URLS = \"8088\"",
                    "FlowGpt:Pool:QueueLength = \"many\"",
                    "FlowGpt:Pool:QueueLenght: is not a setting",
                    "FlowGpt:Silo:IdleAge must be between",
                    "API_MASTER_KEY",
                    "FLOWGPT_ACCOUNTS_FILE",
                ]
        )
        {
            Assert.Contains(expected, output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("tooshort", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory.File("data")));
    }

    [Fact]
    public async Task Start_ClusterWithoutKeysAndRedis_SaysWhatIsMissingThenWhatIsUnreachable()
    {
        var cluster = new Dictionary<string, string> { ["REDIS_CONNECTION"] = "127.0.0.1:1,password=hidden-password" };
        var output = await RefusedAsync(cluster);
        Assert.Contains("API_MASTER_KEY", output, StringComparison.Ordinal);
        Assert.Contains("ADMIN_API_KEY", output, StringComparison.Ordinal);

        cluster["API_MASTER_KEY"] = "sk-client-0123456789";
        cluster["ADMIN_API_KEY"] = "sk-admin-0123456789";
        cluster["FlowGpt__Redis__ConnectWithin"] = "00:00:01";
        output = await RefusedAsync(cluster);
        Assert.Contains("Redis at 127.0.0.1:1 cannot be reached", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-password", output, StringComparison.Ordinal);
    }

    private async Task<string> RefusedAsync(Dictionary<string, string> environment)
    {
        await using var host = SiloProcess.Launch(_directory, environment);
        Assert.Equal(2, await host.WaitForExitAsync());
        var output = host.Output;
        Assert.Contains("cannot start:", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        return output;
    }

    [GeneratedRegex("""curl -N (?<url>\S+) -H "Authorization: (?<authorization>[^"]+)".*?-d '(?<body>[^']+)'""", RegexOptions.Singleline)]
    private static partial Regex CurlLine();
}
