using System.Buffers;
using System.Text;
using FlowGpt.Grains.Interfaces.Chat;
using Microsoft.ML.Tokenizers;

namespace FlowGpt.Grains.Tokens;

/// <summary>
/// Counts tokens by OpenAI's o200k encoding, for usage figures and limits where the upstream gives none. Thread-safe; register it once:
/// its vocabulary takes a noticeable moment to load on first use (<see cref="Warm"/>) and tens of megabytes to keep.
/// </summary>
public sealed class TokenCounter
{
    // OpenAI's cookbook, "How to count tokens with tiktoken", num_tokens_from_messages: every message follows
    // <|start|>{role}\n{content}<|end|>\n, a name costs one more, and a reply is primed with <|start|>assistant<|message|>.
    private const int TokensPerMessage = 3;
    private const int TokensPerName = 1;
    private const int TokensPerReply = 3;

    // Each of system, user, assistant and tool is one token.
    private const int TokensPerRole = 1;

    // Text up to this many UTF-16 units is decoded on the stack.
    private const int StackChars = 512;

    private static readonly Lazy<TiktokenTokenizer> Shared = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    /// <summary>The tokenizer itself, for rules that need token borders.</summary>
    internal static TiktokenTokenizer Tokenizer => Shared.Value;

    /// <summary>Loads the vocabulary now, so that no request pays for it. Idempotent.</summary>
    public void Warm() => Count("warm");

    /// <summary>Tokens of a text.</summary>
    public int Count(string text) => Count(text.AsSpan());

    /// <summary>A text given as UTF-8 without so many tokens at its end.</summary>
    public ReadOnlySpan<byte> WithoutLast(ReadOnlySpan<byte> utf8, long tokens)
    {
        if (tokens <= 0)
        {
            return utf8;
        }

        var text = Encoding.UTF8.GetString(utf8);
        var left = Math.Max(0, Count(utf8) - tokens);
        var end = left == 0 ? 0 : Tokenizer.GetIndexByTokenCount(text, (int)left, out _, out _);
        return utf8[..Encoding.UTF8.GetByteCount(text.AsSpan(0, end))];
    }

    /// <summary>Tokens of a text given as UTF-8. Nothing is kept of it.</summary>
    public int Count(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= StackChars)
        {
            Span<char> chars = stackalloc char[StackChars];
            return Count(chars[..Encoding.UTF8.GetChars(utf8, chars)]);
        }

        var rented = ArrayPool<char>.Shared.Rent(utf8.Length);
        try
        {
            return Count(rented.AsSpan(0, Encoding.UTF8.GetChars(utf8, rented)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    /// <summary>Tokens of a text. Time grows with its length only, however it is made (<see cref="TokenPieces"/>).</summary>
    public int Count(ReadOnlySpan<char> text)
    {
        var total = 0;
        while (!text.IsEmpty)
        {
            var piece = TokenPieces.First(text, isWhole: true);
            total += Tokenizer.CountTokens(text[..piece]);
            text = text[piece..];
        }

        return total;
    }

    /// <summary>
    /// Prompt tokens of a whole context, as OpenAI bills chat messages: content, role and name of each, 3 for each message, 1 more for a name,
    /// and 3 that prime the reply. Tool calls count by their name and arguments.
    /// </summary>
    public int CountPrompt(IReadOnlyList<ChatMessage> messages)
    {
        var total = TokensPerReply;
        for (var i = 0; i < messages.Count; i++)
        {
            total += CountMessage(messages[i]);
        }

        return total;
    }

    /// <summary>One message's part of <see cref="CountPrompt"/>, its framing included.</summary>
    public int CountMessage(ChatMessage message)
    {
        var total = TokensPerMessage + TokensPerRole + Count(message.Content);
        if (message.Name is { Length: > 0 } name)
        {
            total += TokensPerName + Count(name);
        }

        foreach (var call in message.ToolCallsOrEmpty)
        {
            total += Count(call.Name) + Count(call.Arguments);
        }

        return total;
    }
}
