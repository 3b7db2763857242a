using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Tests.Unit.Simulator.Chat;

public sealed class RemarkTests
{
    [Fact]
    public async Task Chat_AsKnownClientsSendIt_GivesNoRemark()
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.SendAsync("a1", Body(userId: FakeToken.AccountId("a1")), AddHeaders);

        response.EnsureSuccessStatusCode();
        var truth = client.Host.Truth.Account("a1");
        Assert.Empty(truth.Remarks);
        Assert.Equal([FakeToken.DeviceId("a1")], truth.DeviceIds);
    }

    [Fact]
    public async Task Chat_BareRequest_NotesWhatIsMissing()
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.SendAsync("a1", new { question = "hi", userId = "somebody" });

        Assert.Equal(
            [
                Remark.NoModel,
                Remark.NoPromptId,
                Remark.ForeignUserId,
                Remark.NoOrigin,
                Remark.NoReferer,
                Remark.NoDeviceId,
                Remark.NoLanguage,
            ],
            client.Host.Truth.Account("a1").Remarks.Keys.Order()
        );
    }

    [Fact]
    public async Task Chat_QuestionAlsoAtTheEndOfItsContext_IsNoted()
    {
        await using var client = await SimulatorClient.StartAsync();
        var id = await client.CreateAsync("a1", new { role = "user", content = "hi" });

        using var inHistory = await client.SendAsync("a1", Body(history: [new { role = "user", content = "hi" }]), AddHeaders);
        using var inConversation = await client.SendAsync("a1", SimulatorClient.Question("hi", id), AddHeaders);
        await inConversation.Content.ReadAsByteArrayAsync(SimulatorClient.Deadline);
        using var askedAgain = await client.SendAsync("a1", SimulatorClient.Question("hi", id), AddHeaders);

        Assert.Equal(2, client.Host.Truth.Account("a1").Remarks[Remark.QuestionRepeated]);
    }

    [Fact]
    public async Task Create_Signed_IsNoted()
    {
        await using var client = await SimulatorClient.StartAsync();

        using var created = await client.PostAsync(
            "/conversation/create",
            client.Host.IssueToken("a1"),
            new { promptId = "p" },
            request => request.Headers.TryAddWithoutValidation("x-signature", "0")
        );

        created.EnsureSuccessStatusCode();
        Assert.Equal(1, client.Host.Truth.Account("a1").Remarks[Remark.SignedCreate]);
        Assert.Equal(1, client.Host.Truth.Account("a1").CreateRequests);
    }

    private static object Body(string userId = "", object[]? history = null) =>
        new
        {
            model = "FlowGPT-Ares",
            promptId = "p",
            question = "hi",
            history = history ?? [],
            system = "",
            userId,
        };

    private static void AddHeaders(HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("Origin", "https://flowgpt.com");
        request.Headers.TryAddWithoutValidation("Referer", "https://flowgpt.com/");
        request.Headers.TryAddWithoutValidation("x-flow-language", "en");
        request.Headers.TryAddWithoutValidation("x-flow-device-id", FakeToken.DeviceId("a1"));
    }
}
