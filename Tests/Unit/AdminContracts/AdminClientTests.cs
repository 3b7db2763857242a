using System.Net;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Accounts;
using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Tests.Unit.AdminContracts;

public sealed class AdminClientTests
{
    [Fact]
    public async Task ChangeOfAnAccount_SendsWhatIsGivenAndNullForWhatIsCleared()
    {
        var sent = new RecordedRequests("""{"pool":"p","queued":0,"account":{"name":"a/1","state":"Ready","weight":2,"windows":[]}}""");
        var change = new AccountSettings
        {
            Weight = 2,
            Limits = new Dictionary<string, long?> { ["requestsPerMinute"] = 5, ["tokensPerDay"] = null },
            Credential = new Dictionary<string, string> { ["apiKey"] = "k" },
            Clear = ["headers"],
        };

        var answer = await Client(sent).Accounts.ChangeAsync("p", "a/1", change, TestContext.Current.CancellationToken);

        Assert.Equal(
            [
                """PATCH http://gateway/below/admin/pools/p/accounts/a%2F1 {"weight":2,"limits":{"requestsPerMinute":5,"tokensPerDay":null},"apiKey":"k","headers":null}""",
            ],
            sent.Requests
        );
        Assert.Equal((AccountStates.Ready, 2), (answer.Account.State, answer.Account.Weight));
        Assert.Empty(answer.Account.Marks);
    }

    [Fact]
    public async Task Key_OnEveryRequest_IsTheBearerToken()
    {
        var sent = new RecordedRequests("""{"data":[],"hasMore":false,"next":null}""");
        using var http = Http(sent);

        await AdminClient.WithKey(http, "admin-key").Keys.ListAsync("0123", 5, TestContext.Current.CancellationToken);

        Assert.Equal("Bearer admin-key", sent.Authorization);
        Assert.Equal(["GET http://gateway/below/admin/keys?after=0123&limit=5 "], sent.Requests);
    }

    [Fact]
    public async Task ErrorOfTheGateway_IsAnExceptionWithAllItSays()
    {
        var sent = new RecordedRequests(
            """{"error":{"message":"No.","type":"invalid_request_error","param":"name","code":"invalid_value"}}""",
            HttpStatusCode.BadRequest
        );

        var error = await Assert.ThrowsAsync<AdminException>(() =>
            Client(sent).Keys.CreateAsync(new KeySettings { Name = "" }, TestContext.Current.CancellationToken)
        );

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_value", "name", "No."), (error.Status, error.Code, error.Param, error.Message));
    }

    [Fact]
    public async Task AnswerThatIsNoJson_IsAnExceptionToo()
    {
        var sent = new RecordedRequests("<html>", HttpStatusCode.BadGateway);
        var page = new RecordedRequests("<html>");

        var failed = await Assert.ThrowsAsync<AdminException>(() => Client(sent).Pools.ListAsync(TestContext.Current.CancellationToken));
        var odd = await Assert.ThrowsAsync<AdminException>(() => Client(page).Pools.ListAsync(TestContext.Current.CancellationToken));

        Assert.Equal((HttpStatusCode.BadGateway, null), (failed.Status, failed.Code));
        Assert.Equal(HttpStatusCode.OK, odd.Status);
    }

    private static AdminClient Client(RecordedRequests sent) => new(Http(sent));

    private static HttpClient Http(RecordedRequests sent) => new(sent) { BaseAddress = new Uri("http://gateway/below/") };
}
