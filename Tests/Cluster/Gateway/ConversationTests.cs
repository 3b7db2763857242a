namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Context over several turns: kept by the gateway, or sent by the client and recognised in the upstream's conversation.</summary>
public sealed class ConversationTests
{
    [Fact]
    public async Task Conversation_NewTurnsOnly_KeepsTheContextOverARestart()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 2);
        var first = await gateway.ChatAsync(Turn("The code word: cobalt. Remember it."));
        Assert.Equal("talk", Assert.Single(first.Headers.GetValues("X-Conversation-Id")));
        Assert.Equal("The code word is cobalt.", (await gateway.ChatAsync(Turn("What is the code word?"))).Text);

        await gateway.RestartAsync();

        Assert.Equal("The code word is cobalt.", (await gateway.ChatAsync(Turn("Again: the code word?"))).Text);
        var global = gateway.Simulator.Truth.Snapshot().Global;
        Assert.Equal((1, 3), (global.CreateCalls, global.ChatCalls));
    }

    [Fact]
    public async Task Conversation_UpstreamForgotIt_IsRebuiltFromTheGatewaysOwnContext()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 2);
        await gateway.ServeAsync(Turn("The code word: cobalt. Remember it."));
        gateway.Simulator.Truth.ForgetConversations();

        Assert.Equal("The code word is cobalt.", (await gateway.ChatAsync(Turn("What is the code word?"))).Text);
    }

    [Fact]
    public async Task Conversation_TwoTurnsAtOnce_TheSecondIsLockedOut()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 2);
        using var first = await gateway.PostAsync(Turn("Hello [[sim: flush fault=stall-after:1]]") with { Stream = true });
        Assert.Equal(200, (int)first.StatusCode);

        var second = await gateway.ChatAsync(Turn("Me too"));
        var other = await gateway.ChatAsync(Turn("Say exactly: fine") with { Conversation = "other" });

        second.AssertError(400, "invalid_request_error", "conversation_locked", "conversation");
        Assert.Equal("fine", other.Text);
    }

    [Fact]
    public async Task Conversation_TurnThatFails_LeavesTheContextAsItWas()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 4);
        await gateway.ServeAsync(Turn("The code word: cobalt. Remember it."));

        Assert.Equal(400, (await gateway.ChatAsync(Turn("The code word: wrong [[sim: fault=bad-request]]"))).Status);

        Assert.Equal("The code word is cobalt.", (await gateway.ChatAsync(Turn("What is the code word?"))).Text);
    }

    [Fact]
    public async Task Stateless_FollowUp_ContinuesTheUpstreamConversationWithOneCallInsteadOfTwo()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 3);

        var first = await CallsOfAsync(gateway, new ChatBody("The code word: jade."));
        var second = await CallsOfAsync(gateway, FollowUp(first.Answer, "The code word: jade."));

        Assert.Equal((1, 1), (first.Creates, first.Chats));
        Assert.Equal((0, 1), (second.Creates, second.Chats));
        Assert.Equal("The code word is jade.", second.Answer.Text);
        Assert.True((long)second.Answer.Json["usage"]!["prompt_tokens_details"]!["cached_tokens"]! > 0);
        Assert.DoesNotContain(
            gateway.Simulator.Truth.Snapshot().Accounts,
            account => account.Remarks.ContainsKey(Simulator.Accounts.Remark.QuestionRepeated)
        );
    }

    [Fact]
    public async Task Stateless_AccountOfTheUpstreamConversationIsOut_AnotherOneGetsTheWholeContext()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 2);
        var first = await CallsOfAsync(gateway, new ChatBody("The code word: jade."));
        var used = gateway.Simulator.Truth.Snapshot().Accounts.Single(account => account.ChatRequests == 1).Name;
        gateway.WriteAccounts(new GatewayAccount("a1", Enabled: used != "a1"), new GatewayAccount("a2", Enabled: used != "a2"));
        await Soon.Becomes(
            gateway.Pool.GetSnapshot,
            pool => pool.Accounts.Any(account => account.State == Grains.Interfaces.Pools.AccountState.Disabled),
            "the account is switched off"
        );

        var second = await CallsOfAsync(gateway, FollowUp(first.Answer, "The code word: jade."));

        Assert.Equal((1, 1), (second.Creates, second.Chats));
        Assert.Equal("The code word is jade.", second.Answer.Text);
        Assert.Equal(1, gateway.Simulator.Truth.Account(used).ChatRequests);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("max_tokens")]
    [InlineData("edited")]
    public async Task Stateless_HistoryThatTheUpstreamDoesNotHold_IsRebuilt(string how)
    {
        await using var gateway = await Gateway.StartAsync(accounts: 2);
        var question = new ChatBody("The code word: jade. one two three");
        var cut = how switch
        {
            "stop" => question with { Fields = new() { ["stop"] = "two" } },
            "max_tokens" => question with { Fields = new() { ["max_tokens"] = 4 } },
            _ => question,
        };
        var first = await CallsOfAsync(gateway, cut);
        var told = how == "edited" ? "Something that was never said." : first.Answer.Text;

        var second = await CallsOfAsync(
            gateway,
            new ChatBody("What is the code word?") { Earlier = [("user", question.Text), ("assistant", told)] }
        );

        Assert.Equal((1, 1), (second.Creates, second.Chats));
        Assert.Equal("The code word is jade.", second.Answer.Text);
    }

    [Fact]
    public async Task History_Mode_SendsEverythingInOneCall()
    {
        await using var gateway = await Gateway.StartAsync(2, "FLOWGPT_CONTEXT_MODE=history");

        var first = await CallsOfAsync(gateway, new ChatBody("The code word: jade."));
        var second = await CallsOfAsync(gateway, FollowUp(first.Answer, "The code word: jade."));

        Assert.Equal((0, 1), (second.Creates, second.Chats));
        Assert.Equal("The code word is jade.", second.Answer.Text);
    }

    private static ChatBody Turn(string text) => new(text) { Conversation = "talk" };

    private static ChatBody FollowUp(ChatAnswer first, string question) =>
        new("What is the code word?") { Earlier = [("user", question), ("assistant", first.Text)] };

    private static async Task<(ChatAnswer Answer, long Creates, long Chats)> CallsOfAsync(Gateway gateway, ChatBody body)
    {
        var before = gateway.Simulator.Truth.Snapshot().Global;
        var answer = await gateway.ChatAsync(body);
        Assert.True(answer.Status == 200, answer.Body);
        var after = gateway.Simulator.Truth.Snapshot().Global;
        return (answer, after.CreateCalls - before.CreateCalls, after.ChatCalls - before.ChatCalls);
    }
}
