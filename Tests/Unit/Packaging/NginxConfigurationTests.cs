using System.Text.Json;
using FlowGpt.ApiFrontend;

namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>Values of the shipped nginx configuration that no test can wait for.</summary>
public sealed class NginxConfigurationTests
{
    private static readonly NginxDirective Http = Assert.Single(
        NginxConfiguration.Read("deploy/nginx/nginx.conf"),
        static directive => directive.Name == "http"
    );

    private static readonly NginxDirective Server = Http.Find("server");

    [Fact]
    public void Replies_MayTakeAsLongAsTheApiAllows()
    {
        var timeout = ComposeSchema.ParseDuration(Http.Value("proxy_read_timeout"));

        Assert.Equal(TimeSpan.FromSeconds(600), timeout);
        Assert.True(timeout > new FrontendOptions().RequestTimeout);
        Assert.DoesNotContain(Server.Block.SelectMany(static one => one.Block), static one => one.Name == "proxy_read_timeout");
    }

    [Fact]
    public void Streams_AreNeitherBufferedNorCompressed()
    {
        Assert.Equal("off", Http.Value("proxy_buffering"));
        Assert.Equal("off", Http.Value("gzip"));
        Assert.Equal("1.1", Http.Value("proxy_http_version"));
    }

    [Fact]
    public void Bodies_AreRefusedByTheApiFirst()
    {
        var limit = Http.Value("client_max_body_size");

        Assert.EndsWith("m", limit, StringComparison.Ordinal);
        Assert.True(
            int.Parse(limit[..^1], System.Globalization.CultureInfo.InvariantCulture) * 1024 * 1024
                > new FrontendOptions().MaxRequestBodyBytes
        );
    }

    [Fact]
    public void Requests_AreRepeatedOnlyWhenNothingWasSent()
    {
        Assert.Equal("error timeout", Http.Value("proxy_next_upstream"));
        Assert.DoesNotContain(Server.Block.SelectMany(static one => one.Block), static one => one.Name == "proxy_next_upstream");
    }

    [Fact]
    public void Connections_AreKeptAndEndBeforeTheApiEndsThem()
    {
        var block = Http.Find("upstream", "api");
        var kestrel = new Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerLimits().KeepAliveTimeout;

        Assert.Equal("site/upstream.conf", block.Value("include"));
        Assert.NotEqual("0", block.Value("keepalive"));
        Assert.True(ComposeSchema.ParseDuration(block.Value("keepalive_timeout")) < kestrel);
    }

    [Fact]
    public void Log_HasNoHeaderAndNoQuery()
    {
        var format = string.Concat(Assert.Single(Http.All("log_format")).Arguments);

        Assert.DoesNotContain("$http_", format, StringComparison.Ordinal);
        Assert.DoesNotContain("$sent_http", format, StringComparison.Ordinal);
        Assert.DoesNotContain("$request_uri", format, StringComparison.Ordinal);
        Assert.DoesNotContain("$args", format, StringComparison.Ordinal);
        Assert.DoesNotContain("\"$request\"", format, StringComparison.Ordinal);
        Assert.DoesNotContain("$request_body", format, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_OfNginxItself_AreOpenAiErrors()
    {
        var file = NginxConfiguration.Read("deploy/nginx/errors.conf");
        var pages = file.Where(static directive => directive.Name == "error_page")
            .Select(static directive => directive.Arguments[^1])
            .ToArray();
        var answers = Assert.Single(file, static directive => directive.Name == "location").All("location").ToArray();

        Assert.Equal(pages.Order(), answers.Select(static one => one.Arguments[^1]).Order());
        foreach (var answer in answers)
        {
            var (status, body) = Assert.Single(answer.All("return")).Arguments is [var first, var second] ? (first, second) : default;
            Assert.EndsWith($"/{status}", answer.Arguments[^1], StringComparison.Ordinal);
            using var json = JsonDocument.Parse(body);
            var error = json.RootElement.GetProperty("error");
            Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(static field => field.Name));
            var type =
                status is "429" ? "requests"
                : status is ['4', ..] or "501" ? "invalid_request_error"
                : "server_error";
            Assert.Equal(type, error.GetProperty("type").GetString());
        }
    }

    [Fact]
    public void ContainerSite_AsksForTheApiByTheNameThatComposeGivesIt()
    {
        var site = NginxConfiguration.Read("deploy/nginx/site/upstream.conf");
        var server = Assert.Single(site, static directive => directive.Name == "server");

        Assert.Equal("api:8080", server.Arguments[0]);
        Assert.True(YamlFile.ReadOne("docker-compose.yml").At("services", "api").Exists);
        Assert.Contains("resolve", server.Arguments);
        Assert.Contains(site, static directive => directive.Name == "include" && directive.Arguments[0] == "/tmp/resolver.conf");
        Assert.Contains(
            "/tmp/resolver.conf",
            Assert.Single(YamlFile.ReadOne("docker-compose.yml").At("services", "nginx", "command").Texts),
            StringComparison.Ordinal
        );
    }
}
