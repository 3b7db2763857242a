using System.Net.Http.Headers;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Unit.ApiFrontend.Admin;

public sealed class RequestFilterTests
{
    [Theory]
    [InlineData("outcome=zz", 400)]
    [InlineData("outcome=failed", 200)]
    public async Task List_OutcomeThatNobodyKnows_NamesTheParameter(string query, int status)
    {
        await using var host = await FrontendHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/admin/requests?{query}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", FrontendHost.AdminKey);

        using var response = await host.Client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 400, body.Contains("'outcome'", StringComparison.Ordinal));
    }
}
