using Microsoft.ML.Tokenizers;

namespace FlowGpt.Tests.Kit;

/// <summary>A tokenizer that is not the product's, to compare with.</summary>
internal static class ReferenceTokenizer
{
    public static TiktokenTokenizer O200k { get; } = TiktokenTokenizer.CreateForEncoding("o200k_base");
}
