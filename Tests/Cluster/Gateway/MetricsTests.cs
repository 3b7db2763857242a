using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>What <c>/metrics</c> shows after work was done, and that the documentation names all of it.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task Metrics_AfterWork_CountIt()
    {
        await using var gateway = await Gateway.StartAsync(2);
        // The meters of another host in this process are not this gateway's.
        await using var other = await Gateway.StartAsync(1);
        await other.ServeAsync("Say exactly: elsewhere");
        await gateway.ServeAsync("Say exactly: one");
        await gateway.ServeAsync(new ChatBody("Say exactly: two") { Conversation = "talk" });
        Assert.Equal(404, (await gateway.ChatAsync(new ChatBody("unknown") { Model = "unknown" })).Status);
        Assert.Equal(400, (await gateway.ChatAsync("fails [[sim: fault=bad-request]]")).Status);

        var key = await MakeKeyAsync(gateway, """{"name":"limited","limits":{"requestsPerMinute":1}}""");
        Assert.Equal(200, await WithKeyAsync(gateway, key));
        Assert.Equal(429, await WithKeyAsync(gateway, key));
        Assert.Equal(401, await WithKeyAsync(gateway, "sk-wrong"));

        var metrics = await Soon.Becomes(
            async () => await gateway.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken),
            static text =>
                // A request is counted when its answer has been sent, and some of its usage later.
                Sum(text, "flowgpt_requests_total", "operation=\"chat\"") == 7
                && Sum(text, "flowgpt_usage_events_total", "booked") == 3
                && Sum(text, "flowgpt_usage_pending") + Sum(text, "flowgpt_usage_outbox") + Sum(text, "flowgpt_usage_lag_seconds") == 0
                && Sum(text, "flowgpt_keys_reservations") + Sum(text, "flowgpt_responses_active") == 0,
            "all is counted and booked"
        );

        Assert.Equal(3, Sum(metrics, "flowgpt_requests_total", "operation=\"chat\",outcome=\"completed\""));
        Assert.Equal(1, Sum(metrics, "flowgpt_requests_total", "error_type=\"model_not_found\""));
        Assert.Equal(1, Sum(metrics, "flowgpt_keys_admissions_total", "result=\"granted\""));
        Assert.Equal(1, Sum(metrics, "flowgpt_keys_admissions_total", "result=\"requests_per_minute\""));
        Assert.Equal(0, Sum(metrics, "flowgpt_keys_reservations"));
        Assert.Equal(1, Sum(metrics, "flowgpt_keys_refused_total", "reason=\"wrong\""));
        Assert.DoesNotContain(key.Split('-')[2], metrics, StringComparison.Ordinal);
        Assert.Equal(3, Sum(metrics, "flowgpt_account_attempts_total", "result=\"ok\""));
        // Refused, and refused again by the account that gives the second opinion.
        Assert.Equal(2, Sum(metrics, "flowgpt_account_attempts_total", "result=\"refused\""));
        Assert.Equal(5, Sum(metrics, "flowgpt_account_wait_seconds_count"));
        Assert.Equal(0, Sum(metrics, "flowgpt_responses_active"));
        Assert.Equal(0, Sum(metrics, "flowgpt_usage_lag_seconds"));
        Assert.True(Sum(metrics, "flowgpt_usage_commits_total", "result=\"ok\"") >= 2);
        Assert.True(Sum(metrics, "dotnet_process_cpu_time_seconds_total") > 0);
        Assert.Contains("# TYPE orleans_", metrics, StringComparison.Ordinal);
        AssertDocumented(metrics);
    }

    private static async Task<string> MakeKeyAsync(Gateway gateway, string settings)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/keys")
        {
            Content = new StringContent(settings, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Gateway.AdminKey);
        using var response = await gateway.SendAsync(request);
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["key"]!;
    }

    private static async Task<int> WithKeyAsync(Gateway gateway, string key)
    {
        using var request = new ChatBody("Say exactly: three").ToRequest();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await gateway.SendAsync(request);
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    // Names, not values: operators can use only names that the documentation has.
    private static void AssertDocumented(string metrics)
    {
        var documentation = Repository.Read("docs/observability.md");
        var names = Type()
            .Matches(metrics)
            .Select(static match => match.Groups["name"].Value)
            .Where(static name =>
                name.StartsWith("flowgpt_", StringComparison.Ordinal) || name.StartsWith("gen_ai_", StringComparison.Ordinal)
            )
            .ToArray();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"`{name}`", documentation, StringComparison.Ordinal));
    }

    private static double Sum(string metrics, string name, string label = "") =>
        metrics
            .Split('\n')
            .Where(line =>
                line.StartsWith(name, StringComparison.Ordinal)
                && line[name.Length] is '{' or ' '
                && line.Contains(label, StringComparison.Ordinal)
            )
            .Sum(static line =>
                double.Parse(
                    line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0],
                    CultureInfo.InvariantCulture
                )
            );

    [GeneratedRegex("^# TYPE (?<name>[a-z_]+) ", RegexOptions.Multiline)]
    private static partial Regex Type();
}
