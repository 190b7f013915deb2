import MAESTTensor
import Testing

struct TensorTests {
  private let tensor = Tensor(shape: [2, 3, 2], elements: (0..<12).map(Float.init))

  @Test func elementsAreRowMajor() {
    #expect(tensor.rank == 3)
    #expect(tensor.count == 12)
    #expect(tensor[0, 0, 0] == 0)
    #expect(tensor[0, 1, 0] == 2)
    #expect(tensor[1, 2, 1] == 11)
  }

  @Test func aSliceHasTheFirstAxisRemoved() {
    #expect(tensor[slice: 1] == Tensor(shape: [3, 2], elements: [6, 7, 8, 9, 10, 11]))
    #expect(tensor[slice: 1][slice: 0] == Tensor(shape: [2], elements: [6, 7]))
    #expect(tensor[slice: 1][slice: 0][slice: 1] == Tensor(shape: [], elements: [7]))
  }

  @Test func aTensorOfNoAxesIsOneNumber() {
    let number = Tensor(shape: [], elements: [5])
    #expect(number.rank == 0)
    #expect(number[] == 5)
  }

  @Test func aTensorMayBeEmpty() {
    let empty = Tensor(shape: [2, 0, 3], elements: [])
    #expect(empty.count == 0)
    #expect(empty[slice: 1] == Tensor(shape: [0, 3], elements: []))
  }

  @Test func shapesAreCompared() {
    #expect(Tensor(shape: [2, 3], elements: [0, 1, 2, 3, 4, 5]) != tensor[slice: 0])
  }

  @Test func aShapeThatDoesNotFitEndsTheProcess() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor(shape: [2, 3], elements: [1, 2, 3, 4, 5])
    }
  }

  @Test func anIndexOutsideEndsTheProcess() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6])[0, 3]
    }
  }
}
