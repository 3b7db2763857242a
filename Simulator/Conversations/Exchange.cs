using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Replies;

namespace FlowGpt.Simulator.Conversations;

/// <summary>One accepted question and what was written for it.</summary>
public sealed class Exchange
{
    private readonly Reply _reply;
    private readonly SentText _sent;

    internal Exchange(
        string account,
        string? conversationId,
        string question,
        Reply reply,
        SentText sent,
        ReplyEnd end,
        OpenAiExchange? openAi = null
    )
    {
        Account = account;
        ConversationId = conversationId;
        Question = question;
        _reply = reply;
        _sent = sent;
        End = end;
        OpenAi = openAi;
    }

    /// <summary>The account's name.</summary>
    public string Account { get; }

    /// <summary>The upstream conversation, or null for a request that brought its whole history.</summary>
    public string? ConversationId { get; }

    /// <summary>The question exactly as received, directives included.</summary>
    public string Question { get; }

    /// <summary>Exactly the text that was written; built on each access.</summary>
    public string Text => _reply.Text(_sent.Fragments);

    /// <summary>Fragments that were written.</summary>
    public int Fragments => _sent.Fragments;

    /// <summary>UTF-8 bytes of the text that was written.</summary>
    public int TextBytes => _sent.Bytes;

    /// <summary>How it ended.</summary>
    public ReplyEnd End { get; }

    /// <summary>What the OpenAI-compatible face read and did; null for a request of the FlowGPT face.</summary>
    public OpenAiExchange? OpenAi { get; }

    internal ContextMessage Reply => new(_reply, _sent.Fragments);

    internal int HeldCharacters => Question.Length + _reply.Head.Length + (OpenAi?.Body.Length ?? 0);
}
