using System.Net;
using System.Net.Http.Headers;
using FlowGpt.ApiFrontend.Usage;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FlowGpt.Tests.Unit.ApiFrontend.Usage;

public sealed class UsageParametersTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 10, 12, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", "start_time", "missing_required_parameter")]
    [InlineData("start_time=x", "start_time", "invalid_value")]
    [InlineData("start_time=-1", "start_time", "invalid_value")]
    [InlineData("start_time=2026-01-01", "start_time", "invalid_value")]
    [InlineData("start_time=1767225600000", "start_time", "invalid_value")]
    [InlineData("start_time=1&start_time=2", "start_time", "invalid_value")]
    [InlineData("start_time=1767225600&end_time=1767225600", "end_time", "invalid_value")]
    [InlineData("start_time=1767225600&end_time=soon", "end_time", "invalid_value")]
    [InlineData("start_time=1767225600&bucket_width=1m", "bucket_width", "unsupported_parameter")]
    [InlineData("start_time=1767225600&bucket_width=1w", "bucket_width", "invalid_value")]
    [InlineData("start_time=1767225600&bucket_width=total", "bucket_width", "invalid_value")]
    [InlineData("start_time=1767225600&group_by=project_id", "group_by", "unsupported_parameter")]
    [InlineData("start_time=1767225600&group_by=account", "group_by", "invalid_value")]
    [InlineData("start_time=1767225600&group_by[]=colour", "group_by", "invalid_value")]
    [InlineData("start_time=1767225600&limit=0", "limit", "invalid_value")]
    [InlineData("start_time=1767225600&limit=32", "limit", "invalid_value")]
    [InlineData("start_time=1767225600&bucket_width=1h&limit=169", "limit", "invalid_value")]
    [InlineData("start_time=1767225600&page=2", "page", "invalid_value")]
    [InlineData("start_time=1767225600&page=page_1", "page", "invalid_value")]
    [InlineData("start_time=1767225600&models=", "models", "invalid_value")]
    [InlineData("start_time=1767225600&user_ids=u1", "user_ids", "unsupported_parameter")]
    [InlineData("start_time=1767225600&batch=true", "batch", "unsupported_parameter")]
    [InlineData("start_time=1767225600&accounts=a1", "accounts", "unknown_parameter")]
    [InlineData("start_time=1767225600&format=csv", "format", "unknown_parameter")]
    public async Task Organization_BadParameter_Is400AndNamesIt(string query, string param, string code) =>
        await AssertRefusedAsync($"/v1/organization/usage/completions?{query}", param, code);

    [Theory]
    [InlineData("start_time=yesterday", "start_time", "invalid_value")]
    [InlineData("start_time=1767225600&bucket_width=1m", "bucket_width", "unsupported_parameter")]
    [InlineData("start_time=2020-01-01&bucket_width=total", "start_time", "invalid_value")]
    [InlineData("start_time=2020-01-01&format=csv", "start_time", "invalid_value")]
    [InlineData("group_by=colour", "group_by", "invalid_value")]
    [InlineData("format=xml", "format", "invalid_value")]
    [InlineData("histograms=yes", "histograms", "invalid_value")]
    [InlineData("colour=red", "colour", "unknown_parameter")]
    public async Task Admin_BadParameter_Is400AndNamesIt(string query, string param, string code) =>
        await AssertRefusedAsync($"/admin/usage?{query}", param, code);

    [Theory]
    [InlineData("/v1/organization/usage/completions?start_time=1")]
    [InlineData("/admin/usage")]
    public async Task AnyRoute_ClientsKey_Is403(string path)
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("admin_key_required", (await ErrorBody.ReadAsync(response)).Code);
    }

    [Fact]
    public void Read_AdminWithoutParameters_IsTheLastSevenDaysWithToday()
    {
        var question = Read("", isAdmin: true);

        Assert.Equal(Day(4), question.Start);
        Assert.Equal(Day(11), question.End);
        Assert.Equal((UsageBucketWidth.Day, UsageGrouping.None, 31), (question.Width, question.Grouping, question.Limit));
    }

    [Fact]
    public void Read_HoursWithoutTimes_AreTheLastDay()
    {
        var question = Read("bucket_width=1h", isAdmin: true);

        Assert.Equal((Day(9).AddHours(13), Day(10).AddHours(13), 24), (question.Start, question.End, question.Limit));
    }

    [Fact]
    public void Read_TimesInsideAnHour_CountTheWholeHour()
    {
        var question = Read("start_time=2026-01-05T10:20Z&end_time=2026-01-06T11:00:01Z", isAdmin: true);

        Assert.Equal((Day(5).AddHours(10), Day(6).AddHours(12)), (question.Start, question.End));
    }

    [Fact]
    public void Read_ListsInEveryForm_AreOne()
    {
        var question = Read(
            "start_time=1767225600&group_by=model,api_key_id&models[]=m1&models[]=m2&models=m3&api_key_ids=k1&limit=3",
            isAdmin: false
        );

        Assert.Equal(UsageGrouping.Model | UsageGrouping.ClientKey, question.Grouping);
        Assert.Equal(["m1", "m2", "m3"], question.Models.Order());
        Assert.Equal(["k1"], question.ClientKeyIds);
        Assert.Equal(3, question.Limit);
    }

    private static UsageQuestion Read(string query, bool isAdmin)
    {
        Assert.Null(
            UsageParameters.Read(new QueryCollection(QueryHelpers.ParseQuery(query)), Now, isAdmin, UsageCalendar.Utc, out var question)
        );
        return question!;
    }

    private static DateTimeOffset Day(int day) => new(2026, 1, day, 0, 0, 0, TimeSpan.Zero);

    private static async Task AssertRefusedAsync(string path, string param, string code)
    {
        await using var host = await FrontendHost.StartAsync();
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", FrontendHost.AdminKey);

        using var response = await host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = await ErrorBody.ReadAsync(response);
        Assert.Equal((param, code), (error.Param, error.Code));
    }
}
