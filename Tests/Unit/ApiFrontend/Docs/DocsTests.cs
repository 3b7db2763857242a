using System.Text.Json;
using System.Text.RegularExpressions;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Tests.Unit.ApiFrontend.Docs;

public sealed partial class DocsTests
{
    [Fact]
    public async Task Document_DescribesEveryRouteAndNoOther()
    {
        await using var host = await FrontendHost.StartAsync();
        using var document = JsonDocument.Parse(await host.NewClient().GetStringAsync("/docs/openapi.json"));

        var described = document
            .RootElement.GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));
        var served = host
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint =>
                (Path: "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("**", "", StringComparison.Ordinal), Methods(endpoint))
            )
            .Where(route =>
                route.Path.StartsWith("/v1/", StringComparison.Ordinal)
                || route.Path.StartsWith("/admin", StringComparison.Ordinal)
                || route.Path.StartsWith("/health", StringComparison.Ordinal)
                || route.Path == "/metrics"
            )
            .Select(route => $"{route.Item2} {route.Path}");

        Assert.Equal(served.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_Operations_AreDescribed()
    {
        await using var host = await FrontendHost.StartAsync();
        using var document = JsonDocument.Parse(await host.NewClient().GetStringAsync("/docs/openapi.json"));

        var ids = new HashSet<string>();
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var named = Parameters(operation.Value).Where(static one => one.In == "path").Select(static one => one.Name).Order();
                Assert.Equal(InBraces().Matches(path.Name).Select(static one => one.Groups[1].Value).Order(), named);
                Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
                Assert.True(ids.Add(operation.Value.GetProperty("operationId").GetString()!), path.Name);
                Assert.Contains(operation.Value.GetProperty("responses").EnumerateObject(), static one => one.Name[0] is '1' or '2');
            }
        }
    }

    [Fact]
    public async Task Document_Answers_HaveTheMembersOfTheirTypes()
    {
        await using var host = await FrontendHost.StartAsync();
        using var document = JsonDocument.Parse(await host.NewClient().GetStringAsync("/docs/openapi.json"));

        var account = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("Account");
        var properties = account.GetProperty("properties");

        Assert.Equal("array", properties.GetProperty("windows").GetProperty("type").GetString());
        Assert.Equal("integer", properties.GetProperty("leases").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Document_Members_HaveTheirXmlComments()
    {
        var comments = Path.Combine(AppContext.BaseDirectory, "FlowGpt.Admin.Contracts.xml");
        Assert.SkipUnless(File.Exists(comments), "This build made no files of XML comments.");
        await using var host = await FrontendHost.StartAsync();
        using var document = JsonDocument.Parse(await host.NewClient().GetStringAsync("/docs/openapi.json"));

        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");
        var leases = schemas.GetProperty("Account").GetProperty("properties").GetProperty("leases");

        Assert.NotEmpty(leases.GetProperty("description").GetString()!);
    }

    [Fact]
    public async Task Document_References_AllExist()
    {
        await using var host = await FrontendHost.StartAsync();
        var text = await host.NewClient().GetStringAsync("/docs/openapi.json");
        using var document = JsonDocument.Parse(text);

        foreach (var reference in References(document.RootElement))
        {
            var at = document.RootElement;
            foreach (var name in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                Assert.True(at.TryGetProperty(name, out at), reference);
            }
        }
    }

    [Fact]
    public async Task Page_LoadsNothingFromElsewhere()
    {
        await using var host = await FrontendHost.StartAsync();

        var page = await host.NewClient().GetStringAsync("/docs");

        Assert.Contains("openapi.json", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=\"https?://", page);
    }

    [Fact]
    public async Task Page_AllowsOnlyWhatItIsMadeOf()
    {
        await using var host = await FrontendHost.StartAsync();

        using var page = await host.NewClient().GetAsync("/docs");
        using var pageBelow = await host.NewClient().GetAsync("/docs/");

        Assert.All(
            new[] { page, pageBelow },
            static one =>
            {
                Assert.Contains(
                    "default-src 'self'",
                    Assert.Single(one.Headers.GetValues("Content-Security-Policy")),
                    StringComparison.Ordinal
                );
                Assert.Equal("nosniff", Assert.Single(one.Headers.GetValues("X-Content-Type-Options")));
            }
        );
    }

    private static string Methods(RouteEndpoint endpoint) =>
        string.Join(',', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]);

    private static IEnumerable<(string Name, string In)> Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Select(static one => (one.GetProperty("name").GetString()!, one.GetProperty("in").GetString()!))
            : [];

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex InBraces();

    private static IEnumerable<string> References(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => element
                .EnumerateObject()
                .SelectMany(member => member.Name == "$ref" ? [member.Value.GetString()!] : References(member.Value)),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
            _ => [],
        };
}
